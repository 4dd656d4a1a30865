"""What dataflow engines take of an FPGA: memories laid out word by word, logic part by part.

The shapes of the memory blocks are those of AMD's UG573. The coefficients of the logic are the
project's own (README of the accelerator).
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from sim import Layer
from tests.reference.windows import padded_lines

Folding = tuple[int, int, int, int]
"""coarse_group, coarse_in, coarse_out, fine."""

BLOCK_RAM = [(16384, 1), (8192, 2), (4096, 4), (2048, 9), (1024, 18), (512, 36)]
ULTRARAM = (4096, 72)
SHALLOW = 64
"""Words that one LUT holds, of one bit."""


class Memory(NamedTuple):
    """What a memory takes where it may lie."""

    lut: int = 0
    bram18: int = 0
    uram: int = 0
    streamed_bytes: int = 0


def blocks(depth: int, width: int, shape: tuple[int, int]) -> int:
    """Lay blocks of one shape side by side until the words fit."""
    count = 0
    for _ in range(0, depth, shape[0]):
        for _ in range(0, width, shape[1]):
            count += 1
    return count


def block_ram(depth: int, width: int) -> int:
    return min(blocks(depth, width, shape) for shape in BLOCK_RAM)


def weights(layer: Layer, folding: Folding, bits: int) -> Memory:
    """Every engine has a memory whose words hold one weight for each of its multipliers."""
    group, vector, out, fine = folding
    engines = group * vector * out
    held = [0] * (engines * fine)
    count = layer.out_channels * layer.in_channels // layer.groups
    count *= layer.kernel[0] * layer.kernel[1]
    for number in range(count):
        held[number % len(held)] += 1
    depth = max(held)
    if depth <= SHALLOW:
        return Memory(lut=engines * fine * bits)
    bram = uram = streamed = 0
    for _ in range(engines):
        bram += block_ram(depth, fine * bits)
        uram += blocks(depth, fine * bits, ULTRARAM)
    for _ in range(layer.output_size[0]):
        for _ in range(layer.output_size[1]):
            streamed += count * bits // 8
    return Memory(0, bram, uram, streamed)


def line_buffers(layer: Layer, folding: Folding, bits: int) -> Memory:
    """Every stream keeps its channels' last rows, one memory for each but the newest."""
    streams = folding[0] * folding[1]
    channels = 0
    for _ in range(0, layer.in_channels, streams):
        channels += 1
    words = channels * len(padded_lines(layer, 1))
    lut = bram = 0
    for _ in range(streams):
        for _ in range(layer.dilation[0] * (layer.kernel[0] - 1)):
            if words <= SHALLOW:
                lut += bits
            else:
                bram += block_ram(words, bits)
    return Memory(lut, bram)


def multiplexer(inputs: int) -> int:
    """LUTs for each bit: the first input is free, a LUT takes three more."""
    luts = 0
    while inputs > 1:
        inputs -= 3
        luts += 1
    return luts


def logic(layer: Layer, length: int, sparse: bool, folding: Folding, bits: int) -> int:
    """LUTs of engines, streams and sums; `length` is M, the operand pairs of a vector."""
    group, vector, out, fine = folding
    luts = 0
    for _ in range(group * vector * out):
        luts += 40
        for _ in range(fine):
            luts += 20 + 32  # surroundings, adder
            if fine == length:
                continue  # every pair has a multiplier of its own: nothing is selected
            if sparse:
                luts += 2 * bits * multiplexer(length)  # any pair of the vector
            else:
                luts += bits * multiplexer(length // fine)  # activations in turn
        if sparse and fine < length:
            luts += 2 * length  # which pairs are left
    filters = layer.out_channels // layer.groups // out
    for _ in range(group * out):
        luts += 32 * vector
        for _ in range(0, filters, SHALLOW):
            luts += 32  # partial sums
    return luts + 60 * group * vector


class Weights(NamedTuple):
    """One layer's weights, where they may lie."""

    bram18: int
    uram: int
    streamed_bytes: int


def homes(layers: Sequence[Weights], lines: int, bram18: int, uram: int) -> list[str]:
    """Where each layer's weights go; "bram" for those that need none.

    UltraRAM takes those that would need most block RAM for each of its blocks, until one does not
    fit. Of the others those leave the chip that free most block RAM per byte, until the rest fits.
    """
    result = ["bram"] * len(layers)
    numbers = range(len(layers))
    for n in sorted(numbers, key=lambda n: -Fraction(layers[n].bram18, max(layers[n].uram, 1))):
        uram -= layers[n].uram
        if uram < 0:
            break
        if layers[n].uram:
            result[n] = "uram"
    in_bram = [n for n in numbers if result[n] == "bram" and layers[n].bram18]
    need = lines + sum(layers[n].bram18 for n in in_bram)
    in_bram.sort(key=lambda n: Fraction(layers[n].streamed_bytes, layers[n].bram18))
    while need > bram18 and in_bram:
        n = in_bram.pop(0)
        result[n] = "off_chip"
        need -= layers[n].bram18
    return result
