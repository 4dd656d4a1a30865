"""What one layer's hardware takes of an FPGA.

Multipliers are exact. Look-up tables are counted from the structure (multiplexers, adders,
memories) with plain coefficients of our own, all of them assumed: they rank foldings, they are no
prediction of a place-and-route report. Memories follow the shapes that the blocks really have.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from sim.accelerators.hass.vectors import VectorShape
from sim.layer import Layer

Column = npt.NDArray[np.int64]

ACCUMULATOR_BITS = 32
MUX_INPUTS_PER_LUT = 3
"""Multiplexer inputs that one six-input LUT adds to one bit: a 4:1 multiplexer fits one LUT."""
LUT_PER_MULTIPLIER = 20
"""Operand registers' enables and pipeline control beside one DSP block (assumed)."""
LUT_PER_ENGINE = 40
"""Counters and handshake of one engine (assumed)."""
LUT_PER_STREAM = 60
"""Padding, line-buffer addressing and handshake of one input stream (assumed)."""
LUTRAM_DEPTH = 64
"""Words that one LUT stores of one bit; memories up to this depth stay out of block RAM."""
BRAM18_SHAPES = ((512, 36), (1024, 18), (2048, 9), (4096, 4), (8192, 2), (16384, 1))
URAM_SHAPE = (4096, 72)


@dataclass(frozen=True)
class Budget:
    """What a design may use: blocks of a board, and off-chip bytes per clock cycle."""

    dsp: int
    lut: int
    bram18: int
    uram: int
    memory_bytes_per_cycle: float

    def multipliers(self, operand_bits: int) -> int:
        """Multipliers that the DSP blocks make."""
        return self.dsp * multipliers_per_dsp(operand_bits)


@dataclass(frozen=True, eq=False)
class Resources:
    """Columns over the foldings of a layer.

    Attributes:
        dsp: multiplier blocks.
        lut: look-up tables, memories in LUTs included.
        line_bram18: blocks of the line buffers.
        weight_bram18, weight_uram: blocks of the weights, in the one or the other.
        streamed_bytes: off-chip weight bytes per image if the weights are not kept on chip: all
            of them once per output position, since positions follow one another.
    """

    dsp: Column
    lut: Column
    line_bram18: Column
    weight_bram18: Column
    weight_uram: Column
    streamed_bytes: Column

    def at(self, index: npt.NDArray[np.int64]) -> "Resources":
        """Select candidates, in the given order."""
        return Resources(**{name: getattr(self, name)[index] for name in _NAMES})


_NAMES = tuple(field.name for field in fields(Resources))


def side_by_side(layers: Sequence[Resources]) -> Resources:
    """Columns of several layers as grids of shape (rows, layers)."""
    grids = {name: np.stack([getattr(layer, name) for layer in layers], axis=1) for name in _NAMES}
    return Resources(**grids)


def multipliers_per_dsp(operand_bits: int) -> int:
    """Multipliers of one DSP block: 1 at 16 bits, 2 at up to 8."""
    return 1 if operand_bits > 8 else 2


def layer_resources(
    layer: Layer,
    shape: VectorShape,
    sparse: bool,
    folding: tuple[Column, Column, Column, Column],
    operand_bits: int,
) -> Resources:
    """Resources of each folding (coarse_group, coarse_in, coarse_out, fine) of a layer."""
    group, vector, out, fine = folding
    engines = group * vector * out
    depth = _ceil(layer.out_channels * layer.window, engines * fine)
    width = operand_bits * fine
    in_luts = depth <= LUTRAM_DEPTH
    lines, line_luts = _line_buffers(layer, shape, group * vector, operand_bits)
    weight_luts = np.where(in_luts, engines * width, 0)
    logic = _engine_luts(shape, sparse, fine, operand_bits) * engines
    sums = _sum_luts(shape, group, vector, out)
    per_stream = LUT_PER_STREAM * group * vector
    bits = layer.out_channels * layer.window * operand_bits
    streamed = np.where(in_luts, 0, bits // 8 * layer.output_pixels)
    return Resources(
        dsp=_ceil(engines * fine, multipliers_per_dsp(operand_bits)),
        lut=logic + sums + per_stream + line_luts + weight_luts,
        line_bram18=lines,
        weight_bram18=np.where(in_luts, 0, engines * bram18_blocks(depth, width)),
        weight_uram=np.where(
            in_luts, 0, engines * _ceil(width, URAM_SHAPE[1]) * _ceil(depth, URAM_SHAPE[0])
        ),
        streamed_bytes=streamed.astype(np.int64),
    )


def bram18_blocks(depth: Column, width: Column) -> Column:
    """Blocks of 18 kbit that hold `depth` words of `width` bits, in the best of their shapes."""
    blocks = [_ceil(width, wide) * _ceil(depth, deep) for deep, wide in BRAM18_SHAPES]
    fewest: Column = np.min(blocks, axis=0)
    return fewest


def _engine_luts(
    shape: VectorShape, sparse: bool, fine: Column, operand_bits: int
) -> npt.NDArray[np.int64]:
    """Selector, multipliers' surroundings and adder tree of one engine."""
    adders = ACCUMULATOR_BITS * fine
    plain: Column = LUT_PER_ENGINE + LUT_PER_MULTIPLIER * fine + adders
    if not sparse:
        # a dense engine walks through the window, its weights lie in that order: one multiplexer
        # per multiplier, for the activation
        turns = shape.lanes // fine
        return plain + operand_bits * fine * _ceil(turns - 1, MUX_INPUTS_PER_LUT)
    check = 2 * shape.lanes  # nonzero flags of both operands, and which pairs are left
    crossbar = 2 * operand_bits * fine * -(-(shape.lanes - 1) // MUX_INPUTS_PER_LUT)
    # with a multiplier for every pair there is nothing to select: each pair has its own
    return plain + np.where(fine < shape.lanes, check + crossbar, 0)


def _sum_luts(shape: VectorShape, group: Column, vector: Column, out: Column) -> Column:
    """Adders that join the streams of an output, and partial sums of the filters in turn."""
    partial = ACCUMULATOR_BITS * _ceil(shape.filters // out, LUTRAM_DEPTH)
    outputs = group * out
    return np.asarray(outputs * (ACCUMULATOR_BITS * vector + partial))


def _line_buffers(
    layer: Layer, shape: VectorShape, streams: Column, operand_bits: int
) -> tuple[Column, Column]:
    """(block RAMs, LUTs) that keep the last rows of the input for the windows."""
    rows = layer.extent[0] - 1
    if shape.clustered or rows == 0:
        return np.zeros_like(streams), np.zeros_like(streams)
    depth = layer.padded_size[1] * _ceil(layer.in_channels, streams)
    width = np.full_like(depth, operand_bits)
    in_luts = depth <= LUTRAM_DEPTH
    blocks = np.where(in_luts, 0, streams * rows * bram18_blocks(depth, width))
    luts = np.where(in_luts, streams * rows * width, 0)
    return blocks, luts


def _ceil(value: npt.ArrayLike, divisor: npt.ArrayLike) -> Column:
    return np.asarray(-(-np.asarray(value) // np.asarray(divisor)), dtype=np.int64)
