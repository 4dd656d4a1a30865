"""Measure where the activations of the fetched networks are zero: densities and structure.

Writes `models/imagenet/densities/pretrained.csv`, which modelled zeros follow. The networks are
unpruned, rounded to INT8, and see the 20 labelled pictures; every number is a mean over pictures
of what one picture gives, as traces of one picture have it. Rows that a padding added to a stored
map are left out.
"""

import argparse
import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

import numpy as np
import torch

from models.checkpoints import load_checkpoint
from models.compression.quantization import fold_batch_norm, quantize
from models.graph.dataflow import layer_inputs
from models.graph.stored_tensors import SparseNetwork
from models.imagenet.densities.places import MEASURED, relu_places
from models.imagenet.densities.tables import COLUMNS
from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings
from models.pretrained.fetch import FOLDER, checkpoint_path
from models.pretrained.labelled import labelled_pictures
from models.pretrained.packages import WEIGHTS
from models.tracing import trace_network
from sim import NetworkTrace, Provenance
from sim.declared import data_file
from sim.files import whole_file
from sim.generate.statistics import MaskStatistics, mask_statistics
from sim.layer import Mask

DENSITIES = data_file("models/imagenet/densities/pretrained.csv")

STATISTICS = {
    "channel_std": "channel_density_std",
    "dead_channels": "dead_channel_share",
    "neighbour_agreement": "neighbour_agreement_share",
    "zero_channel_blocks": "zero_8_channel_block_share",
    "zero_tiles": "zero_8x8_tile_share",
}
"""Columns beside the density, by the name in MaskStatistics."""

CARRIED = {
    "mobilenet_v1_relu6": (
        "mobilenet_v1",
        "the same layers with ReLU6 and TensorFlow's padding; carried over by position",
    ),
    "resnet50_half": (
        "resnet50",
        "half as wide and fine-tuned to two classes; carried over by position",
    ),
}
"""Networks of the papers whose layers stand at the same positions, and what differs."""

CALIBRATION_PICTURES = 16


def measured_statistics(network: str) -> dict[str, dict[str, float]]:
    """What the file holds of a network: by stored tensor, values by name in MaskStatistics."""
    with DENSITIES.open(newline="", encoding="utf-8") as file:
        return {
            record["layer"]: {
                name: float(record[column] or "nan")
                for name, column in {"density": "density", **STATISTICS}.items()
            }
            for record in csv.DictReader(file)
            if record["network"] == network
        }


def dense_trace(network: str, folder: Path) -> NetworkTrace:
    """Trace a fetched network, unpruned and in INT8, on the 20 labelled pictures.

    Raises:
        UserError: its weights or the pictures are not there.
    """
    settings = FullSizeSettings()
    module = full_size_network(network, settings, weights=True)
    load_checkpoint(checkpoint_path(folder, network), module)
    pictures = labelled_pictures(folder, settings.shape.form(network))
    images = pictures.images()
    sparse = SparseNetwork(module.eval())
    fold_batch_norm(sparse)
    quantize(sparse, images[:CALIBRATION_PICTURES])
    origin = Provenance(
        "pretrained", network, "dense", "measured", "measured", pictures.description
    )
    shapes = full_size_network(network, settings, weights=False)
    return trace_network(shapes, sparse, images, origin)


def without_padding(mask: Mask) -> Mask:
    """A mask (N, C, H, W) without the last row and column if padding made them all zero."""
    while mask.shape[2] > 1 and not (mask[:, :, -1].any() or mask[..., -1].any()):
        mask = mask[:, :, :-1, :-1]
    return mask


def picture_statistics(mask: Mask) -> MaskStatistics:
    """Statistics of each picture's mask, averaged; `mask` is (N, C, H, W)."""
    each = [mask_statistics(picture[None]) for picture in mask]
    names = [entry.name for entry in fields(MaskStatistics)]
    return MaskStatistics(
        **{name: float(np.mean([getattr(entry, name) for entry in each])) for name in names}
    )


def measured_rows(network: str, folder: Path) -> Iterator[Mapping[str, object]]:
    """One row per stored tensor, then rows of ReLUs that another network takes over.

    Raises:
        UserError: as dense_trace.
    """
    settings = FullSizeSettings()
    form = settings.shape.form(network)
    shapes = full_size_network(network, settings, weights=False)
    inputs = {row.layer.name: row for row in layer_inputs(shapes, form.shape)}
    places = relu_places(list(inputs.values()))
    (weights,) = (entry for entry in WEIGHTS if entry.network == network)
    source = f"measured here: {weights.title} of package {weights.package}, INT8, 20 pictures"
    rows = []
    for entry in dense_trace(network, folder).traces:
        name = entry.layer.name
        if inputs[name].tensor != name:
            continue
        mask = without_padding(entry.activation)
        statistics = picture_statistics(mask)
        values: tuple[object, ...] = (network, name, "activation", MEASURED)
        values = (*values, f"{statistics.density:.4f}", MEASURED, name, source, "")
        rows.append(
            dict(zip(COLUMNS, values, strict=True))
            | {"place": places.get(name, ""), "channels": mask.shape[1]}
            | {"map_side": mask.shape[2], "image_side": form.height}
            | {new: _written(getattr(statistics, old)) for old, new in STATISTICS.items()}
        )
    yield from rows
    if network in CARRIED:
        other, note = CARRIED[network]
        changes = {"network": other, "status": "derived", "note": note}
        yield from ({**row, **changes} for row in rows if row["place"])


def _written(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4f}"


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of models.pretrained.fetch")
    parser.add_argument("--output", type=Path, default=DENSITIES)
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # sums, hence zeros, depend on the number of threads
    rows = [row for entry in WEIGHTS for row in measured_rows(entry.network, arguments.folder)]
    with (
        whole_file(arguments.output) as temporary,
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
