"""Density that each layer of a paper-size trace was given, from which source, and reached.

Status `published` stands in the source named beside it, `derived` follows from published numbers,
`rule` is modelled by a stated rule (models/imagenet/densities/rules.py), `scheme` is what the
compression scheme sets, `measured` occurred in a user's network. `density` is what the trace holds.
"""

import argparse
from pathlib import Path

import pandas as pd

from sim.files import intact
from workflow.cli import run
from workflow.tabling.shared import write_table


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("densities", type=Path, nargs="+", help="of the imagenet_trace step")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    read = (pd.read_csv(intact(path), dtype={"layer": str}) for path in arguments.densities)
    frames = [frame for frame in read if not frame.empty]
    write_table(pd.concat(frames, ignore_index=True), arguments.output)


if __name__ == "__main__":
    run(main)
