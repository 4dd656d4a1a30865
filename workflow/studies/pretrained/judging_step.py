"""How the steps begin and end that judge one trained network under several settings."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from models.imagenet.settings import FullSizeSettings
from workflow.cli import json_object, whole_file
from workflow.plan.sections.pretrained import SUITE

Judging = Callable[[Any, Any, FullSizeSettings, Mapping[str, Sequence[Any]]], Iterator[Any]]
"""From network, scheme or method, settings and varied values to dataclasses, one per point."""


def judging_command(points: Judging, description: str | None) -> None:
    """Judge what the command line names and write the points, as JSON."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--network", required=True)
    parser.add_argument("--scheme", required=True)
    parser.add_argument("--settings", required=True, help="JSON object (models.imagenet.settings)")
    parser.add_argument("--varied", default="{}", help='JSON, e.g. {"weight_bound": [3, 4]}')
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    settings = FullSizeSettings.of(json_object(given.settings))
    torch.set_num_threads(1)  # sums, hence zeros, depend on the number of threads
    judged = points(given.network, given.scheme, settings, json_object(given.varied))
    run_of = {"suite": SUITE, "network": given.network, "scheme": given.scheme}
    content = run_of | {"points": [asdict(point) for point in judged]}
    with whole_file(given.output) as temporary:
        temporary.write_text(json.dumps(content, indent=1) + "\n")
