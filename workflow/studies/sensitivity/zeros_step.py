"""Run designs on zeros that are modelled with other settings, one setting varied at a time.

The designs are those meant for the scheme, as configured. `variant` is `zeros: name=value`; the
settings themselves are not run again, they are those of the trace.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from models.imagenet.full_size import FullSizeSettings
from models.imagenet.modelled import modelled_trace
from sim import UserError, accelerator
from sim.validation import unknown
from workflow.cli import run, settings
from workflow.events import simulate_network, write_events
from workflow.footing import footing

ONLY_DBB = ("most_removed", "weight_bound")
"""Settings that no other scheme reads."""


def varied(
    network: str, scheme: str, chosen: FullSizeSettings, sweep: Mapping[str, Sequence[Any]]
) -> Iterator[pd.DataFrame]:
    """The rows of each design on each of the varied traces."""
    for name, values in sweep.items():
        if not hasattr(chosen, name):
            raise unknown("setting in zeros:", name, vars(chosen))
        for value in values:
            if value == getattr(chosen, name) or (name in ONLY_DBB and scheme != "dbb"):
                continue
            trace = modelled_trace(network, scheme, replace(chosen, **{name: value})).trace
            for design in footing().meant_for(scheme):
                model = accelerator(design)
                yield simulate_network(trace, design, model, variant=f"zeros: {name}={value}")


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", required=True)
    parser.add_argument("--scheme", required=True)
    parser.add_argument("--settings", required=True, help="JSON object (models.imagenet.full_size)")
    parser.add_argument("--sweep", required=True, help='JSON, e.g. {"most_removed": [0.05]}')
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    chosen = settings(FullSizeSettings, arguments.settings)
    if chosen.checkpoint is not None:
        raise UserError(f"zeros: {arguments.network} has a checkpoint; its zeros are not modelled")
    torch.set_num_threads(1)  # sums, hence zeros, depend on the number of threads
    sweep = json.loads(arguments.sweep)
    write_events(varied(arguments.network, arguments.scheme, chosen, sweep), arguments.output)


if __name__ == "__main__":
    run(main)
