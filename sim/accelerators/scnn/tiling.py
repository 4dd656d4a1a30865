"""How SCNN spreads a layer over its PEs and filter groups: nonzeros per queue.

The plane of input activations is cut into one tile per PE (input stationary). Within a tile, the
activations of one channel and one stride sub-grid form a queue; the weights of one filter group,
channel and sub-grid form another. Every weight of a queue meets every activation of the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import gcd, prod

import numpy as np
import numpy.typing as npt

from sim.arithmetic import Counts, ceil_div
from sim.layer import Layer
from sim.masks.runs import run_counts
from sim.sizes import Pair
from sim.trace import LayerTrace

Owners = npt.NDArray[np.int64]


def is_single_pixel(layer: Layer) -> bool:
    """A fully connected layer, or the 1x1 convolution on one pixel that is the same."""
    return layer.input_size == (1, 1) and layer.kernel == (1, 1) and layer.groups == 1


def is_late_pointwise(layer: Layer, pes: Pair) -> bool:
    """A 1x1 convolution on a map that gives no PE more than one output."""
    if layer.kernel != (1, 1) or is_single_pixel(layer):
        return False
    return all(size <= number for size, number in zip(layer.output_size, pes, strict=True))


@dataclass(frozen=True)
class Tiles:
    """Sizes of one PE's share of the output plane, halo apart.

    Attributes:
        outputs: (rows, columns) of outputs that a PE owns.
        halo: (rows, columns) of outputs beyond each side that its inputs also contribute to.
    """

    outputs: Pair
    halo: Pair

    @classmethod
    def of(cls, layer: Layer, pes: Pair) -> "Tiles":
        """Tiles of a layer over pes = (PE rows, PE columns)."""
        height, width = layer.output_size
        owned = ceil_div(height, pes[0]), ceil_div(width, pes[1])
        halo = (
            ceil_div(layer.extent[0] // 2, layer.stride[0]),
            ceil_div(layer.extent[1] // 2, layer.stride[1]),
        )
        return cls(owned, halo)

    def accumulators_per_filter(self, layer: Layer) -> int:
        """Partial sums of one filter that a PE holds: its outputs and their halo."""
        return prod(
            min(size, edge_outputs + 2 * edge)
            for size, edge_outputs, edge in zip(
                layer.output_size, self.outputs, self.halo, strict=True
            )
        )

    def largest_exchange(self) -> int:
        """Partial sums per filter that the longest side of a tile sends to its neighbour."""
        return max(self.halo[0] * self.outputs[1], self.halo[1] * self.outputs[0])


def largest_share(layer: Layer, values: int, pes: Pair) -> int:
    """Values of a map as large as a layer's output that the PE with the largest tile holds."""
    if is_single_pixel(layer):
        return ceil_div(values, prod(pes))
    return ceil_div(values * prod(Tiles.of(layer, pes).outputs), layer.output_pixels)


def balanced_tiles(size: int, pes: int) -> Owners:
    """PE of each position along one axis; tiles differ by at most one position."""
    return np.arange(size) * pes // size


def ceiling_tiles(size: int, pes: int) -> Owners:
    """PE of each position along one axis; all tiles have the same size but for the last."""
    return np.arange(size) // ceil_div(size, pes)


def large_first_tiles(size: int, pes: int) -> Owners:
    """Cut like `balanced_tiles`, the larger tiles on the first PEs instead of spread over all."""
    lengths = size // pes + (np.arange(pes) < size % pes)
    return np.repeat(np.arange(pes), lengths)


TILINGS: dict[str, Callable[[int, int], Owners]] = {
    "balanced": balanced_tiles,
    "large_first": large_first_tiles,
    "ceiling": ceiling_tiles,
}


@dataclass(frozen=True)
class Plane:
    """The PEs as a plane: (rows, columns), and how an axis is cut into tiles (see TILINGS)."""

    pes: Pair
    tiling: str

    def selector(
        self, axis: int, size: int, offset: int = 0, step: int = 1, spread: int = 1
    ) -> npt.NDArray[np.float32]:
        """(step * PEs, size) 0/1: which inputs belong to which (sub-grid, PE) along an axis.

        Input i lies at `offset` + i * `spread` of the padded map.
        """
        tile = TILINGS[self.tiling](size, self.pes[axis])
        queue = ((np.arange(size) * spread + offset) % step) * self.pes[axis] + tile
        matches: npt.NDArray[np.bool_] = np.arange(step * self.pes[axis])[:, None] == queue
        return matches.astype(np.float32)


def activation_counts(trace: LayerTrace, plane: Plane, steps: Pair) -> Counts:
    """Nonzero activations per queue: (N, C, sub-grids, PEs).

    Args:
        trace: the layer.
        plane: the PEs.
        steps: sub-grids per axis; an activation at padded row y lies in sub-grid y mod steps[0].
    """
    layer, pes = trace.layer, plane.pes
    if is_single_pixel(layer):
        return _channel_split_counts(trace, prod(pes))
    select_y, select_x = (
        plane.selector(axis, size, layer.padding[axis], steps[axis], layer.input_dilation[axis])
        for axis, size in enumerate(layer.input_size)
    )
    counts = select_y @ (trace.activation.astype(np.float32) @ select_x.T)
    split = counts.reshape(trace.images, layer.in_channels, steps[0], pes[0], steps[1], pes[1])
    ordered = split.transpose(0, 1, 2, 4, 3, 5).astype(np.int64)
    return ordered.reshape(trace.images, layer.in_channels, prod(steps), prod(pes))


def written_counts(trace: LayerTrace, image: int, plane: Plane) -> Counts:
    """Nonzeros of one image's output map, as its reader cuts it: (PEs,).

    An output that is not known has no zeros. A map of one pixel is cut by channels, as for a fully
    connected reader.
    """
    if trace.output is None:
        mask = np.ones((trace.layer.out_channels, *trace.layer.output_size), dtype=np.bool_)
    else:
        mask = trace.output[image]
    channels, height, width = mask.shape
    if (height, width) == (1, 1):
        owner = ceiling_tiles(channels, prod(plane.pes))
        return np.bincount(owner[mask[:, 0, 0]], minlength=prod(plane.pes))
    rows = plane.selector(0, height)
    columns = plane.selector(1, width)
    counts = rows @ mask.sum(axis=0, dtype=np.float32) @ columns.T
    per_pe: Counts = counts.astype(np.int64).reshape(-1)
    return per_pe


def _channel_split_counts(trace: LayerTrace, pes: int) -> Counts:
    """Fully connected: each PE takes a run of input channels, (N, C, 1, PEs)."""
    channels = trace.layer.in_channels
    owner = ceiling_tiles(channels, pes)
    present = trace.activation.reshape(trace.images, channels, 1, 1)
    counts: Counts = (present & (owner[:, None, None] == np.arange(pes))).astype(np.int64)
    return counts


def group_sizes(layer: Layer, filters_per_group: int) -> list[int]:
    """Filters in each filter group of one convolution group; the last may be smaller."""
    full, rest = divmod(layer.group_filters, filters_per_group)
    return [filters_per_group] * full + [rest] * (rest > 0)


def filter_counts(trace: LayerTrace, filters_per_group: int, steps: Pair) -> Counts:
    """Nonzero weights per queue: (groups, filter groups, C/groups, sub-grids)."""
    layer = trace.layer
    grouped = trace.weight.reshape(layer.groups, layer.group_filters, -1)
    summed = run_counts(grouped, filters_per_group)
    taps = summed.reshape(layer.groups, -1, layer.group_channels, *layer.kernel)
    rows, columns = (
        _sub_grids(size, spread, step)
        for size, spread, step in zip(layer.kernel, layer.dilation, steps, strict=True)
    )
    queues = [taps[..., y, x].sum(axis=(3, 4), dtype=np.int64) for y in rows for x in columns]
    return np.stack(queues, axis=-1)


def _sub_grids(size: int, spread: int, step: int) -> list[slice]:
    """Weights along an axis of the kernel that lie in each sub-grid: at `place` modulo `step`."""
    period = step // gcd(spread, step)
    places = [tap * spread % step for tap in range(min(size, period))]
    first = (places.index(place) if place in places else size for place in range(step))
    return [slice(tap, None, period) for tap in first]
