"""Bytes that SparTen moves: bit masks and packed nonzero values between DRAM, SRAM and clusters.

Two on-chip buffers are assumed (the published on-chip memory could not be read): 512 KiB for
weights and 2 MiB for activations, the sizes that the other designs here are given. What a cluster
holds itself is charged per multiplication, see `sparten_unit_buffer` in the technology table.
"""

from dataclasses import dataclass

import numpy as np

from sim.accelerators.sparten.clusters import ClusterGrid
from sim.events import Access
from sim.layer import Layer, Mask
from sim.masks import ceil_div

WEIGHTS, ACTIVATIONS, DRAM = "sram_512kib", "sram_2mib", "dram"


@dataclass(frozen=True)
class Compressed:
    """A tensor as bit mask and nonzero values of one byte."""

    mask_bytes: int
    value_bytes: int

    @classmethod
    def of(cls, mask: Mask) -> "Compressed":
        """One bit per position, one byte per nonzero."""
        return cls(ceil_div(mask.size, 8), int(np.count_nonzero(mask)))

    def times(self, factor: int) -> "Compressed":
        """The same tensor moved `factor` times."""
        return Compressed(self.mask_bytes * factor, self.value_bytes * factor)

    @property
    def total_bytes(self) -> int:
        """Mask and values."""
        return self.mask_bytes + self.value_bytes


@dataclass(frozen=True)
class Tensors:
    """What one image makes the memories hold and the clusters read.

    Attributes:
        weight: the chunked filters.
        activation: the input map.
        output: the map written back.
        broadcast: all window chunks that the clusters receive, each as often as it is sent.
        filter_loads: times that each filter is read from the weight buffer.
    """

    weight: Compressed
    activation: Compressed
    output: Compressed
    broadcast: Compressed
    filter_loads: int


def written_back(layer: Layer, output: Mask | None) -> Compressed:
    """The output of one image; None means that every value is nonzero."""
    if output is not None:
        return Compressed.of(output)
    values = layer.out_channels * layer.output_pixels
    return Compressed(ceil_div(values, 8), values)


def filter_loads(layer: Layer, grid: ClusterGrid, positions_per_filter_chunk: int) -> int:
    """Times that the clusters read each filter: once per `positions_per_filter_chunk` positions."""
    runs = grid.positions_per_run(layer.output_pixels)
    return int((-(-runs // positions_per_filter_chunk)).sum())


def _move(memory: str, operand: str, direction: str, tensor: Compressed) -> dict[Access, int]:
    return {
        Access(memory, operand, direction): tensor.value_bytes,  # type: ignore[arg-type]
        Access(memory, "metadata", direction): tensor.mask_bytes,  # type: ignore[arg-type]
    }


def traffic_bytes(tensors: Tensors, activation_sram_bytes: int) -> dict[Access, int]:
    """Bytes of one image by memory, operand and direction.

    Weights come from DRAM once per image. Input and output stay on the chip if both, compressed,
    fit the activation buffer; otherwise the input is read from and the output written to DRAM.
    """
    moves = [
        _move(DRAM, "weight", "read", tensors.weight),
        _move(WEIGHTS, "weight", "write", tensors.weight),
        _move(WEIGHTS, "weight", "read", tensors.weight.times(tensors.filter_loads)),
        _move(ACTIVATIONS, "activation", "read", tensors.broadcast),
        _move(ACTIVATIONS, "output", "write", tensors.output),
    ]
    if tensors.activation.total_bytes + tensors.output.total_bytes > activation_sram_bytes:
        moves += [
            _move(DRAM, "activation", "read", tensors.activation),
            _move(ACTIVATIONS, "activation", "write", tensors.activation),
            _move(ACTIVATIONS, "output", "read", tensors.output),
            _move(DRAM, "output", "write", tensors.output),
        ]
    total: dict[Access, int] = {}
    for move in moves:
        for access, count in move.items():
            total[access] = total.get(access, 0) + count
    return total
