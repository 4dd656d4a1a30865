"""Write the trace of one full-size network under one compression scheme.

With a checkpoint in the settings, weights and activations are measured on the user's images (or the
bundled photographs); without one they are modelled.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import torch

from models.full_size import FullSizeSettings
from models.modelled import Modelled, modelled_trace
from sim import write_trace
from workflow.cli import run, settings, whole_file


def density_table(modelled: Modelled) -> pd.DataFrame:
    """One row per layer and operand: the density aimed at, its source, and the one reached.

    The target of weights is what magnitude pruning leaves; other schemes set their own densities,
    so there the target column is empty.
    """
    origin = modelled.trace.provenance

    def rows() -> Iterator[tuple[object, ...]]:
        for entry in modelled.trace.traces:
            name = entry.layer.name
            weight, activation = (
                modelled.densities[name].weight,
                modelled.densities[name].activation,
            )
            head = (origin.suite, origin.network, origin.scheme, name)
            if origin.scheme == "magnitude":
                aim: tuple[object, ...] = (weight.value, weight.status, weight.source)
            else:
                aim = (None, "scheme", f"scheme {origin.scheme}")
            yield (*head, "weight", *aim, entry.weight_density)
            aim = (activation.value, activation.status, activation.source)
            yield (*head, "activation", *aim, entry.activation_density)

    columns = ["suite", "network", "scheme", "layer", "operand"]
    columns += ["target_density", "status", "source", "density"]
    return pd.DataFrame(rows(), columns=columns)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", required=True)
    parser.add_argument("--scheme", required=True)
    parser.add_argument("--settings", default="{}", help="JSON (models.full_size)")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--densities", type=Path, help="CSV: densities aimed at and reached")
    arguments = parser.parse_args()
    chosen = settings(FullSizeSettings, arguments.settings)
    torch.set_num_threads(1)  # sums, hence zeros, depend on the number of threads
    modelled = modelled_trace(arguments.network, arguments.scheme, chosen)
    write_trace(arguments.output, modelled.trace)
    if arguments.densities:
        with whole_file(arguments.densities) as temporary:
            density_table(modelled).to_csv(temporary, index=False)


if __name__ == "__main__":
    run(main)
