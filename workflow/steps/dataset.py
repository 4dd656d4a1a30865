"""Draw the images of one suite: `python -m workflow.steps.dataset --help`."""

import argparse
from pathlib import Path

from models.datasets import load
from models.datasets.files import write_dataset
from workflow.cli import run, whole_file


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", required=True, help="digits, shapes, or one of files")
    parser.add_argument("--seed", required=True, type=int)
    parser.add_argument("--folder", type=Path, help="of a suite of files: where they are")
    parser.add_argument("--output", required=True, type=Path, help="safetensors to write")
    given = parser.parse_args()
    with whole_file(given.output) as temporary:
        write_dataset(temporary, load(given.suite, given.seed, given.folder), given.seed)


if __name__ == "__main__":
    run(main)
