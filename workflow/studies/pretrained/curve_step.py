"""Judge one trained network under several settings of a scheme, after each repair.

Of the pictures one half chooses and repairs, the other judges.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import torch

from models.imagenet.agreement_curves import curve
from models.imagenet.settings import FullSizeSettings
from workflow.cli import json_object, run, whole_file
from workflow.plan.sections.pretrained import SUITE


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", required=True)
    parser.add_argument("--scheme", required=True)
    parser.add_argument("--settings", required=True, help="JSON object (models.imagenet.settings)")
    parser.add_argument("--varied", default="{}", help='JSON, e.g. {"weight_bound": [3, 4]}')
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    settings = FullSizeSettings.of(json_object(given.settings))
    torch.set_num_threads(1)  # sums, hence zeros, depend on the number of threads
    points = curve(given.network, given.scheme, settings, json_object(given.varied))
    run_of = {"suite": SUITE, "network": given.network, "scheme": given.scheme}
    judged = run_of | {"points": [asdict(point) for point in points]}
    with whole_file(given.output) as temporary:
        temporary.write_text(json.dumps(judged, indent=1) + "\n")


if __name__ == "__main__":
    run(main)
