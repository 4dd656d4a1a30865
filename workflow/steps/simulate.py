"""Run accelerators over one trace: a row of counts per layer.

The column `variant` is empty for the configuration itself. With `--points`, the given points are
run instead; with `--sweep`, every parameter that lists a sweep takes each of its values besides,
one at a time. The variant then reads `name=value`, several joined by a space.
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from sim import NetworkTrace, UserError, accelerator, read_trace
from sim.registry import Value, configuration
from workflow.cli import run
from workflow.event_rows import DesignRun, Row, rows_of_runs, write_rows
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


def _points(text: str) -> list[Overrides]:
    try:
        points = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"--points is not JSON ({error}): {text[:80]!r}") from error
    if not isinstance(points, list) or not points or not all(isinstance(p, dict) for p in points):
        raise UserError(f"--points is {text[:80]!r}; expected a list of objects")
    return points


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trace", type=Path, required=True)
    parser.add_argument("--accelerator", nargs="+", required=True, help="one or several")
    parser.add_argument("--sweep", action="store_true")
    parser.add_argument("--points", default="[{}]", help='JSON, e.g. [{"rows": 16}, {"rows": 32}]')
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    points = _points(arguments.points)
    trace = read_trace(arguments.trace)
    runs = [
        rows
        for name in arguments.accelerator
        for rows in simulated(trace, name, points + (sweep(name) if arguments.sweep else []))
    ]
    write_rows(runs, arguments.output)


if __name__ == "__main__":
    run(main)
