"""Masks of the same densities from every way of modelling where zeros lie, one network at a time.

`photographs` is the random network on photographs, its activations shifted to the densities; the
others are modes of the generator.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch

from models.graph.dataflow import LayerInput, layer_inputs
from models.imagenet.full_size import full_size_network
from models.imagenet.modelled import target_densities
from models.imagenet.modelled_activations import ActivationBounds, activation_masks
from models.imagenet.settings import FullSizeSettings
from sim.generate.activations import MODES
from sim.layer import Mask
from workflow.cli import json_object, run
from workflow.tabling.shared import write_table


@dataclass(frozen=True)
class Source:
    """One way of modelling, and what it makes of a network.

    Attributes:
        name: `photographs` or a mode of the generator.
        inputs: what each layer reads.
        masks: (N, C, H, W) by stored tensor.
    """

    name: str
    inputs: tuple[LayerInput, ...]
    masks: Mapping[str, Mask]


def mask_sources(network: str, settings: FullSizeSettings) -> Iterator[Source]:
    """Each source's masks of a network, one source at a time: they are large."""
    shapes = full_size_network(network, settings, weights=False)
    inputs = layer_inputs(shapes, settings.shape.form(network).shape)
    aimed = target_densities(network, inputs, settings)
    for name, options in _settings(settings).items():
        masks, _ = activation_masks(network, inputs, aimed, options, ActivationBounds(inputs, None))
        yield Source(name, inputs, masks)


def _settings(settings: FullSizeSettings) -> dict[str, FullSizeSettings]:
    sources = {"photographs": settings.varied(activation_masks="photographs")}
    for mode in MODES:
        sources[mode] = settings.varied(activation_masks="generator", clustering=mode)
    return sources


def sources_command(
    make: Callable[[Sequence[str], FullSizeSettings], pd.DataFrame], description: str | None
) -> None:
    """Command line of a table on full-size networks, from their names and the suite's settings."""

    def main() -> None:
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("networks", nargs="*", help="full-size networks")
        parser.add_argument(
            "--settings", default="{}", help="JSON object (models.imagenet.settings)"
        )
        parser.add_argument("--output", type=Path, required=True)
        arguments = parser.parse_args()
        settings = FullSizeSettings.of(json_object(arguments.settings))
        torch.set_num_threads(1)  # sums, hence zeros, depend on the number of threads
        write_table(make(arguments.networks, settings), arguments.output)

    run(main)
