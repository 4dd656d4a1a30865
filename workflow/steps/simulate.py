"""Run accelerators over traces: a table for each trace, a row of counts per layer.

The column `variant` is empty for the configuration itself. With `--points`, the given points are
run instead; with `--sweep`, every parameter that lists a sweep takes each of its values besides,
one at a time. The variant then reads `name=value`, several joined by a space. A value of a sweep
under which a design cannot run one of the layers (a kernel of more rows than the array then has) is
left out, with a line that says so.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from sim import LayerTrace, NetworkTrace, UserError, accelerator, read_trace, simulate
from sim.registry import Value, configuration
from workflow.cli import run
from workflow.event_rows import DesignRun, Row, rows_of_runs, write_rows
from workflow.steps.several import named, one_each
from workflow.variants import variant_text

Overrides = dict[str, Value]


def sweep(name: str) -> list[Overrides]:
    """The configuration's own sweeps, one parameter at a time."""
    return [
        {key: value}
        for key, parameter in configuration(name).parameters.items()
        for value in parameter.sweep
        if value != parameter.value
    ]


def simulated(trace: NetworkTrace, name: str, points: Iterable[Overrides]) -> list[list[Row]]:
    """The rows of one accelerator at each of some points."""
    return rows_of_runs(
        trace,
        [
            DesignRun(name, accelerator(name, **point), {"variant": variant_text(point)})
            for point in points
        ],
    )


def swept(trace: NetworkTrace, name: str, points: Sequence[Overrides]) -> list[list[Row]]:
    """The rows of one accelerator at each of some points, then at each value of its own sweeps.

    Raises:
        UserError: one of the points cannot run a layer, or a model counts what cannot be.
    """
    values = sweep(name)
    try:
        return simulated(trace, name, [*points, *values])
    except UserError:
        kept = list(_runnable(trace, name, values))
        if len(kept) == len(values):
            raise
        return simulated(trace, name, [*points, *kept])


def _runnable(trace: NetworkTrace, name: str, values: Iterable[Overrides]) -> Iterator[Overrides]:
    """The values under which a design runs layers of these shapes; the others are named."""
    for value in values:
        reason = _reason(trace, name, value)
        if reason:
            print(f"{name} {variant_text(value)}: left out: {reason}", file=sys.stderr)
        else:
            yield value


def _reason(trace: NetworkTrace, name: str, value: Overrides) -> str:
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
            simulate(empty, accelerator(name, **value))
        except UserError as error:
            return str(error)
    return ""


def _points(text: str) -> list[Overrides]:
    try:
        points = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"--points is not JSON ({error}): {text[:80]!r}") from error
    if not isinstance(points, list) or not points or not all(isinstance(p, dict) for p in points):
        raise UserError(f"--points is {text[:80]!r}; expected a list of objects")
    return points


def _write(
    made: Callable[[NetworkTrace, str, list[Overrides]], list[list[Row]]],
    path: Path,
    names: Iterable[str],
    points: list[Overrides],
    output: Path,
) -> None:
    """Write the table of one trace; none of it is held when the next one is read."""
    trace = read_trace(path)
    write_rows((rows for name in names for rows in made(trace, name, points)), output)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trace", type=Path, nargs="+", required=True, help="one or several")
    parser.add_argument("--accelerator", nargs="+", required=True, help="one or several")
    parser.add_argument("--sweep", action="store_true")
    parser.add_argument("--points", default="[{}]", help='JSON, e.g. [{"rows": 16}, {"rows": 32}]')
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="one for each trace")
    arguments = parser.parse_args()
    points = _points(arguments.points)
    outputs = one_each("output", arguments.output, arguments.trace, "traces")
    made = swept if arguments.sweep else simulated
    for path, output in zip(arguments.trace, outputs, strict=True):
        with named("simulating", str(path)):
            _write(made, path, arguments.accelerator, points, output)


if __name__ == "__main__":
    run(main)
