"""Run every design on the common footing over one trace: a row of counts per layer and size.

The column `footing` names the size. Designs given with `--configured` also run as configs.yaml has
them, for those whose own event files nothing else makes.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from sim import accelerator, read_trace
from sim.footing import AS_CONFIGURED, footing
from workflow.cli import run
from workflow.event_rows import DesignRun, rows_of_runs, write_rows


def runs(scheme: str, configured: Sequence[str]) -> Iterator[DesignRun]:
    """Each design that runs under a scheme at each size, then some as configured."""
    common = footing()
    for name, design in common.run_under(scheme).items():
        for size in range(len(common.multipliers)):
            yield DesignRun(name, design.build(size), {"footing": common.label(size)})
    for name in configured:
        yield DesignRun(name, accelerator(name), {"footing": AS_CONFIGURED})


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trace", type=Path, required=True)
    parser.add_argument("--configured", nargs="*", default=[])
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    trace = read_trace(arguments.trace)
    designs = list(runs(trace.provenance.scheme, arguments.configured))
    write_rows(rows_of_runs(trace, designs), arguments.output)


if __name__ == "__main__":
    run(main)
