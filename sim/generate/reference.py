"""Statistics of measured activation masks, which the generator is held to.

Computed from the 0/1 masks of the sparse MobileNetV1 (0.5x width, 128x128 input) in the artifact
Accelergy-Project/micro22-sparseloop-artifact (commit de0374aa),
fig12_eyerissv2_pe_setup/workload/mobilenet0.5-sparse: inputs of eight pointwise layers.
"""

import csv
from dataclasses import dataclass

from sim.declared import data_file

FILE = data_file("sim/generate/reference_masks.csv")


@dataclass(frozen=True, kw_only=True)
class ReferenceMask:
    """One measured mask (1, channels, side, side); shares as in MaskStatistics."""

    layer: str
    channels: int
    side: int
    density: float
    channel_std: float
    dead_channels: float
    full_channels: float
    neighbour_agreement: float


def reference_masks() -> tuple[ReferenceMask, ...]:
    """All eight, in the order of the network."""
    with FILE.open(newline="", encoding="utf-8") as file:
        return tuple(
            ReferenceMask(
                layer=row.pop("layer"),
                channels=int(row.pop("channels")),
                side=int(row.pop("side")),
                **{name: float(share) for name, share in row.items()},
            )
            for row in csv.DictReader(file)
        )
