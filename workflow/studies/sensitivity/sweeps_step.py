"""Run the designs meant for a scheme over one trace, every swept parameter varied one at a time.

`variant` is empty for a design as configured, otherwise `name=value`. A value under which a design
cannot run one of the layers (a kernel of more rows than the array then has) is left out, with a
line that says so.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from sim import LayerTrace, NetworkTrace, UserError, accelerator, read_trace, simulate
from sim.footing import footing
from workflow.cli import run
from workflow.event_rows import DesignRun, Row, rows_of_runs, write_rows
from workflow.steps.simulate import sweep
from workflow.variants import variant_text


def swept(trace: NetworkTrace, name: str) -> list[list[Row]]:
    """The rows of a design as configured and of its swept values.

    Raises:
        UserError: the design as configured cannot run a layer, or a model counts what cannot be.
    """
    runs = [
        DesignRun(name, accelerator(name, **point), {"variant": variant_text(point)})
        for point in [{}, *sweep(name)]
    ]
    try:
        return rows_of_runs(trace, runs)
    except UserError:
        kept = list(_runnable(trace, runs))
        if len(kept) == len(runs):
            raise
        return rows_of_runs(trace, kept)


def _runnable(trace: NetworkTrace, runs: Sequence[DesignRun]) -> Iterator[DesignRun]:
    """The design as configured, and the variants that run layers of these shapes."""
    for each in runs:
        variant = each.labels["variant"]
        reason = _reason(trace, each) if variant else ""
        if reason:
            print(f"{each.name} {variant}: left out: {reason}", file=sys.stderr)
        else:
            yield each


def _reason(trace: NetworkTrace, each: DesignRun) -> str:
    """Why a design cannot run one of the layers, told by their shapes alone; empty = it can.

    Layers without a nonzero value: nothing that a model counts of masks can be wrong there.
    """
    for recorded in trace.traces:
        layer = recorded.layer
        if layer.is_product:  # refused by design, not by size, and counted as refused
            continue
        shape = (1, *layer.input_shape)
        empty = LayerTrace(layer, np.zeros(layer.weight_shape, bool), np.zeros(shape, bool))
        try:
            simulate(empty, each.accelerator)
        except UserError as error:
            return str(error)
    return ""


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trace", type=Path, required=True)
    parser.add_argument("--scheme", required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    trace = read_trace(arguments.trace)
    designs = footing().meant_for(arguments.scheme)
    write_rows((rows for name in designs for rows in swept(trace, name)), arguments.output)


if __name__ == "__main__":
    run(main)
