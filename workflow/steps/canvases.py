"""Draw the canvases of the detection suite: `python -m workflow.steps.canvases --help`."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from models.datasets.canvases import CanvasCounts, make_canvases
from models.datasets.detection_files import write_detection_set
from workflow.cli import run, settings, whole_file


@dataclass(frozen=True)
class CanvasSettings(CanvasCounts):
    """How many canvases, and the seed they are drawn from."""

    seed: int


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--settings", required=True, help="JSON object: train, validation, test, seed"
    )
    parser.add_argument("--output", required=True, type=Path, help="safetensors to write")
    given = parser.parse_args()
    canvas_settings = settings(CanvasSettings, given.settings)
    data = make_canvases(canvas_settings.seed, canvas_settings)
    with whole_file(given.output) as temporary:
        write_detection_set(temporary, data, canvas_settings.seed)


if __name__ == "__main__":
    run(main)
