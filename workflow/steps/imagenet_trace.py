"""Write the trace of one full-size network under one compression scheme.

With a checkpoint in the settings, weights and activations are measured on the user's images (or the
bundled photographs); without one they are modelled.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from models.imagenet.measured import Top1, measured_trace
from models.imagenet.modelled import LayerDensities, modelled_trace
from models.imagenet.settings import FullSizeSettings
from sim import NetworkTrace, write_trace
from workflow.cli import json_object, run, whole_file

COLUMNS = (
    *("suite", "network", "scheme", "layer", "operand"),
    *("target_density", "status", "source", "density"),
)


def density_table(trace: NetworkTrace, aimed: dict[str, LayerDensities] | None) -> pd.DataFrame:
    """One row per layer and operand: the density aimed at, its source, and the one reached.

    The tables' weight densities are what magnitude pruning leaves; other schemes set their own, so
    there the target is empty. Measured traces have no targets.
    """
    origin = trace.provenance

    def rows() -> Iterator[tuple[object, ...]]:
        for entry in trace.traces:
            name = entry.layer.name
            head = (origin.suite, origin.network, origin.scheme, name)
            weight: tuple[object, ...] = (None, "scheme", f"scheme {origin.scheme}")
            activation: tuple[object, ...] = (None, "measured", origin.data)
            if aimed is None:
                weight = activation
            else:
                goal = aimed[name].activation
                activation = (goal.value, goal.status, goal.source)
                if origin.scheme == "magnitude":
                    goal = aimed[name].weight
                    weight = (goal.value, goal.status, goal.source)
            yield (*head, "weight", *weight, entry.weight_density)
            yield (*head, "activation", *activation, entry.activation_density)

    return pd.DataFrame(rows(), columns=list(COLUMNS))


def metrics(trace: NetworkTrace, top1: Top1 | None) -> dict[str, Any]:
    """Provenance and, where labelled images were given, top-1 before and after the scheme."""
    return asdict(trace.provenance) | {"top1": None if top1 is None else asdict(top1)}


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", required=True)
    parser.add_argument("--scheme", required=True)
    parser.add_argument("--settings", default="{}", help="JSON object (models.imagenet.settings)")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--densities", type=Path, help="CSV: densities aimed at and reached")
    parser.add_argument("--metrics", type=Path, help="JSON: top-1 before and after the scheme")
    arguments = parser.parse_args()
    chosen = FullSizeSettings.of(json_object(arguments.settings))
    torch.set_num_threads(1)  # sums, hence zeros, depend on the number of threads
    aimed, top1 = None, None
    if chosen.inputs.checkpoint is not None:
        measured = measured_trace(arguments.network, arguments.scheme, chosen)
        trace, top1 = measured.trace, measured.top1
    else:
        modelled = modelled_trace(arguments.network, arguments.scheme, chosen)
        trace, aimed = modelled.trace, modelled.densities
    if arguments.densities:
        with whole_file(arguments.densities) as temporary:
            density_table(trace, aimed).to_csv(temporary, index=False)
    if arguments.metrics:
        with whole_file(arguments.metrics) as temporary:
            temporary.write_text(json.dumps(metrics(trace, top1), indent=1) + "\n")
    write_trace(arguments.output, trace)


if __name__ == "__main__":
    run(main)
