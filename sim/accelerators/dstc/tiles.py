"""Condensed vectors of both operands: nonzeros, bitmap bits and steps of every output tile."""

from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from sim.arithmetic import Counts, ceil_div
from sim.layer import Layer
from sim.masks.runs import run_counts
from sim.masks.windows import windows
from sim.trace import LayerTrace

Vectors = npt.NDArray[np.float64]
"""Whole numbers, held as doubles so that BLAS adds them exactly."""


@dataclass(frozen=True)
class Panels:
    """Nonzeros of the vectors of one operand: (..., groups, tiles, W), W positions of the product.

    Attributes:
        nonzeros: of each vector, i.e. at one position of the dot product over one tile.
        width: places of a vector, those beyond the layer included.
    """

    nonzeros: Vectors
    width: int

    def steps(self, unit: int) -> Vectors:
        """Parts of `unit` nonzeros that each vector takes; none if it is empty."""
        return np.ceil(self.nonzeros / unit)

    def values(self) -> Counts:
        """Nonzeros of the operand over all tiles, without the leading axes: (...)."""
        total: Counts = self.nonzeros.sum(axis=(-3, -2, -1)).astype(np.int64)
        return total

    def bitmap_bits(self) -> Counts:
        """A bit per vector, and one per place of those that hold a nonzero."""
        filled = np.count_nonzero(self.nonzeros, axis=(-3, -2, -1))
        bits: Counts = self.width * np.asarray(filled) + prod(self.nonzeros.shape[-3:])
        return bits

    def stored_bytes(self) -> Counts:
        """Values of a byte each and the bitmaps, rounded up to whole bytes: (...)."""
        return self.values() - (-self.bitmap_bits() // 8)


def panels(trace: LayerTrace, tile_pixels: int, tile_filters: int) -> tuple[Panels, Panels]:
    """Vectors of the inputs (N, groups, tiles, W) and of the weights (groups, tiles, W)."""
    layer = trace.layer
    taken = windows(trace).reshape(trace.images, layer.output_pixels, -1)
    inputs = run_counts(taken, tile_pixels).astype(np.float64)
    shape = (trace.images, inputs.shape[1], -1, layer.groups, layer.group_channels)
    by_group = inputs.reshape(shape).transpose(0, 3, 1, 2, 4)
    filters = trace.weight.reshape(layer.groups, layer.group_filters, -1)
    weights = run_counts(filters, tile_filters).astype(np.float64)
    channels_first = (layer.groups, weights.shape[1], layer.group_channels, -1)
    channels_last = weights.reshape(channels_first).swapaxes(2, 3)
    return (
        Panels(by_group.reshape(*by_group.shape[:3], layer.window), tile_pixels),
        Panels(channels_last.reshape(*channels_last.shape[:2], layer.window), tile_filters),
    )


@dataclass(frozen=True)
class Arrangement:
    """How the units share the tiles of a layer: as a rectangle of tiles, block after block.

    Attributes:
        pixel_units, filter_units: sides of the rectangle.
    """

    pixel_units: int
    filter_units: int

    @classmethod
    def of(cls, layer: Layer, units: int, tile_pixels: int, tile_filters: int) -> "Arrangement":
        """The rectangle of the fewest blocks, then of the fewest dense operands, then a square."""
        down = ceil_div(layer.output_pixels, tile_pixels)
        across = ceil_div(layer.group_filters, tile_filters)

        def cost(shape: "Arrangement") -> tuple[int, int, int]:
            rows, columns = ceil_div(down, shape.pixel_units), ceil_div(across, shape.filter_units)
            read = columns * down * tile_pixels + rows * across * tile_filters
            return rows * columns, read, max(shape.pixel_units, shape.filter_units)

        sides = [side for side in range(1, units + 1) if units % side == 0]
        return min((cls(side, units // side) for side in sides), key=cost)

    def reads(self, tiles_down: int, tiles_across: int) -> tuple[int, int]:
        """Times that every input vector and every weight vector is read."""
        return ceil_div(tiles_across, self.filter_units), ceil_div(tiles_down, self.pixel_units)

    def blocks(self, tiles: Counts) -> Counts:
        """(..., down, across) to (..., blocks down, blocks across, units); absent tiles are 0."""
        lead, (down, across) = tiles.shape[:-2], tiles.shape[-2:]
        fill = (-down % self.pixel_units, -across % self.filter_units)
        padded = np.pad(tiles, [(0, 0)] * len(lead) + [(0, fill[0]), (0, fill[1])])
        rows, columns = padded.shape[-2] // self.pixel_units, padded.shape[-1] // self.filter_units
        cut = padded.reshape(*lead, rows, self.pixel_units, columns, self.filter_units)
        return cut.swapaxes(-3, -2).reshape(*lead, rows, columns, -1)
