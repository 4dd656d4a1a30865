"""Run designs on zeros that are modelled with other settings, one setting varied at a time.

The designs are those meant for the scheme, as configured. `variant` is `zeros: name=value`; the
settings themselves are not run again, they are those of the trace.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from models.graph.dataflow import layer_inputs
from models.imagenet.densities.rules import ASSUMED_WEIGHTS
from models.imagenet.full_size import full_size_network
from models.imagenet.modelled import modelled_trace, target_densities
from models.imagenet.settings import FullSizeSettings
from models.imagenet.settings_by_job import ASSUMED_KINDS, OF_MAPS
from sim import UserError, accelerator
from sim.footing import footing
from sim.validation import unknown
from workflow.cli import json_object, run
from workflow.events import simulate_network, write_events
from workflow.variants import zeros_text


def varied(
    network: str, scheme: str, settings: FullSizeSettings, sweep: Mapping[str, Sequence[Any]]
) -> Iterator[pd.DataFrame]:
    """The rows of each design on each of the varied traces."""
    unread = settings_without_use(network, settings)
    for name, values in sweep.items():
        configured = settings.flat()
        if name not in configured:
            raise unknown("setting in zeros:", name, configured)
        for value in values:
            if value == configured[name] or name in unread or not settings.reads(scheme, name):
                continue
            trace = modelled_trace(network, scheme, settings.varied(**{name: value})).trace
            for design in footing().meant_for(scheme):
                model = accelerator(design)
                yield simulate_network(trace, design, model, variant=zeros_text(name, value))


def settings_without_use(network: str, settings: FullSizeSettings) -> set[str]:
    """Settings that leave the zeros of a network as they are.

    Those of GELU and softmax where it has none, how zeros cluster where it has attention, and the
    density of weights that nobody published where somebody did.
    """
    shapes = full_size_network(network, settings, weights=False)
    rows = layer_inputs(shapes, settings.shape.form(network).shape)
    kinds = {kind for row in rows for _, kind in row.tensors}
    unread = {key for key, kind in ASSUMED_KINDS.items() if kind not in kinds}
    goals = target_densities(network, rows, settings).values()
    if not any(ASSUMED_WEIGHTS in goal.weight.source for goal in goals):
        unread.add("default_weight_density")
    return unread | set(OF_MAPS if any(row.second for row in rows) else ())


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", required=True)
    parser.add_argument("--scheme", required=True)
    parser.add_argument("--settings", required=True, help="JSON object (models.imagenet.settings)")
    parser.add_argument("--sweep", required=True, help='JSON, e.g. {"most_removed": [0.05]}')
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    settings = FullSizeSettings.of(json_object(arguments.settings))
    if settings.inputs.checkpoint is not None:
        raise UserError(f"zeros: {arguments.network} has a checkpoint; its zeros are not modelled")
    torch.set_num_threads(1)  # sums, hence zeros, depend on the number of threads
    sweep = json.loads(arguments.sweep)
    write_events(varied(arguments.network, arguments.scheme, settings, sweep), arguments.output)


if __name__ == "__main__":
    run(main)
