"""Inter-core level: in which order filters are laid over the mesh, and how long tiles take."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.accelerators.phantom.packing import Cycles

Order = npt.NDArray[np.int64]
Ordering = Callable[[Order, Cycles], Order]
"""(weights per filter, (filters, bands) times of an image) -> order of the filters."""


def as_stored(weights_per_filter: Order, times: Cycles) -> Order:
    """Leave the filters in the order in which they are stored."""
    return np.arange(len(times))


def by_density(weights_per_filter: Order, times: Cycles) -> Order:
    """Filters of similar density side by side: known before any image is."""
    order: Order = np.argsort(-weights_per_filter, kind="stable")
    return order


def by_time(weights_per_filter: Order, times: Cycles) -> Order:
    """Filters of similar time on this image side by side: an oracle."""
    order: Order = np.argsort(-times.max(axis=1), kind="stable")
    return order


INTER_CORE: dict[str, Ordering] = {"none": as_stored, "density": by_density, "oracle": by_time}


@dataclass(frozen=True)
class MeshRun:
    """Tiles of one image, without pipeline fill.

    Attributes:
        cycles: sum over tiles of the slowest core.
        tiles: how many.
        assigned_cycles: sum over tiles of slowest core x cores that had work.
    """

    cycles: int
    tiles: int
    assigned_cycles: int


def run_tiles(times: Cycles, order: Order, mesh_rows: int) -> MeshRun:
    """Lay filters over mesh rows and their bands over mesh columns; all cores meet at each tile."""
    filters, bands = times.shape
    starts = np.arange(0, filters, mesh_rows)
    slowest = np.maximum.reduceat(times[order].max(axis=1), starts)
    in_tile = np.minimum(filters - starts, mesh_rows) * bands
    return MeshRun(int(slowest.sum()), len(starts), int((slowest * in_tile).sum()))
