"""Vary every swept parameter, one at a time, of the designs meant for the scheme of a trace.

Rows as from `workflow.scripts.simulate --sweep`, all designs in one file.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from sim import NetworkTrace, accelerator, read_trace
from workflow.cli import run, whole_file
from workflow.events import simulate_network
from workflow.footing import footing
from workflow.scripts.simulate import sweep, variant


def swept(trace: NetworkTrace) -> Iterator[pd.DataFrame]:
    """The rows of each design as configured, then of each of its variants."""
    for name, design in footing().designs.items():
        if design.scheme != trace.provenance.scheme:
            continue
        for overrides in [{}, *sweep(name)]:
            frame = simulate_network(trace, name, accelerator(name, **overrides))
            frame.insert(6, "variant", variant(overrides))
            yield frame


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trace", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    frames = list(swept(read_trace(arguments.trace)))
    with whole_file(arguments.output) as temporary:
        pd.concat(frames, ignore_index=True).to_csv(temporary, index=False)


if __name__ == "__main__":
    run(main)
