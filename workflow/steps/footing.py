"""Run every design on the common footing over one trace: a row of counts per layer and size.

The column `footing` names the size. Designs given with `--configured` also run as configs.yaml has
them, for those whose own event files nothing else makes.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from sim import NetworkTrace, accelerator, read_trace
from sim.footing import AS_CONFIGURED, footing
from workflow.cli import run
from workflow.event_rows import Row, network_rows, write_rows


def runs(trace: NetworkTrace, configured: Sequence[str]) -> Iterator[list[Row]]:
    """The rows of each design at each size, then those of some as configured."""
    common = footing()
    for name, design in common.run_under(trace.provenance.scheme).items():
        for size in range(len(common.multipliers)):
            yield network_rows(trace, name, design.build(size), footing=common.label(size))
    for name in configured:
        yield network_rows(trace, name, accelerator(name), footing=AS_CONFIGURED)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trace", type=Path, required=True)
    parser.add_argument("--configured", nargs="*", default=[])
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    write_rows(runs(read_trace(arguments.trace), arguments.configured), arguments.output)


if __name__ == "__main__":
    run(main)
