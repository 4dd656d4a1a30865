"""Bytes that SCNN moves: compressed operands between DRAM, activation RAMs, FIFOs, accumulators.

Weights stream past activations that stay: a channel's activation vector is read once per filter
group, the weight queue once per activation vector. When the compressed input of a PE does not fit
its RAM, the plane is worked through in several passes, and the weights are fetched in each. A map
stays on chip if the PE with most of its nonzeros can hold them: the layer that writes it and the
layer that reads it judge by the same tiles. The image comes from DRAM, the last output goes there.
What waits to be added to an output is dense and lies in the tiles of that output, in what input and
output leave of both RAMs of a PE.
"""

from dataclasses import dataclass

from sim.arithmetic import Counts, ceil_div
from sim.events import Access
from sim.memory import KIB, ResidualBytes, Traffic, residual_bytes, sram_entry
from sim.outputs import scaled, written_share
from sim.trace import LayerTrace

ACCUMULATOR_BITS = 24
"""Width of a partial sum (ISCA 2017)."""


@dataclass(frozen=True, kw_only=True)
class Storage:
    """What traffic depends on; weights and activations as in `Queues`.

    Attributes:
        written: (PEs,) values that each PE will hold of the output map, with other layers' part.
        activation_vector: activations that a weight meets at once.
        operand_bits, index_bits: of one compressed value and its zero-run index.
        activation_ram_bytes: input RAM of one PE; the output RAM has the same size.
        residual, residual_tile: values that are added to the output, of the whole map and of its
            largest tile.
    """

    weights: Counts
    activations: Counts
    written: Counts
    activation_vector: int
    operand_bits: int
    index_bits: int
    activation_ram_bytes: int
    residual: int = 0
    residual_tile: int = 0

    def compressed_bytes(self, values: int) -> int:
        """Bytes of so many nonzero values with their indices."""
        return ceil_div(values * (self.operand_bits + self.index_bits), 8)

    def input_passes(self) -> int:
        """Passes over the plane, so that each pass fits the fullest PE's RAM."""
        fullest = int(self.activations.sum(axis=(0, 1, 2)).max())
        return max(1, ceil_div(self.compressed_bytes(fullest), self.activation_ram_bytes))

    def output_fits(self) -> bool:
        """Whether each PE's output fits its RAM."""
        return self.compressed_bytes(int(self.written.max())) <= self.activation_ram_bytes

    def residual_moves(self) -> ResidualBytes:
        """What is added to the output, judged by the fullest tiles."""
        fullest = int(self.activations.sum(axis=(0, 1, 2)).max()), int(self.written.max())
        beside = sum(map(self.compressed_bytes, fullest))
        value_bytes = self.operand_bits // 8
        tile = residual_bytes(
            self.residual_tile * value_bytes, beside, 2 * self.activation_ram_bytes
        )
        waiting = self.residual * value_bytes
        return ResidualBytes(
            waiting, waiting if tile.returned else 0, waiting if tile.evicted else 0
        )

    @property
    def ram(self) -> str:
        """Technology entry of an activation RAM."""
        return sram_entry(ceil_div(self.activation_ram_bytes, KIB))

    def activation_values_read(self) -> int:
        """Values read from the RAMs: once per filter group that has weights for the channel."""
        groups_with_weights = (self.weights > 0).sum(axis=1)
        return int((groups_with_weights * self.activations.sum(axis=3)).sum())

    def weight_values_read(self) -> int:
        """Values read from the FIFOs: once per activation vector."""
        vectors = -(-self.activations // self.activation_vector)
        return int((self.weights.sum(axis=1) * vectors.sum(axis=3)).sum())


def traffic_bytes(trace: LayerTrace, storage: Storage, effectual: int) -> Traffic:
    """Bytes moved for one image, by memory, operand and direction."""
    pes, passes = storage.activations.shape[-1], storage.input_passes()
    fetched = storage.compressed_bytes(int(storage.weights.sum())) * passes
    inputs = storage.compressed_bytes(int(storage.activations.sum()))
    outputs = scaled(storage.compressed_bytes(int(storage.written.sum())), written_share(trace))
    residual = storage.residual_moves()
    spilled_inputs = (inputs if passes > 1 or trace.reads_image else 0) + residual.returned
    kept = storage.output_fits() and not trace.ends_network
    spilled_outputs = (0 if kept else outputs) + residual.evicted
    ram = storage.ram
    psums = effectual * ACCUMULATOR_BITS // 8
    results = trace.layer.out_channels * trace.layer.output_pixels * ACCUMULATOR_BITS // 8
    return {
        Access("dram", "weight", "read"): fetched,
        Access("dram", "activation", "read"): spilled_inputs,
        Access("dram", "output", "write"): spilled_outputs,
        Access(ram, "activation", "write"): spilled_inputs,
        Access(ram, "activation", "read"): storage.compressed_bytes(
            storage.activation_values_read()
        )
        + residual.read,
        Access(ram, "output", "write"): outputs,
        Access(ram, "output", "read"): spilled_outputs,
        Access("spad_448b", "weight", "write"): fetched * pes,
        Access("spad_448b", "weight", "read"): storage.compressed_bytes(
            storage.weight_values_read()
        ),
        Access("spad_80b", "psum", "read"): psums + results,
        Access("spad_80b", "psum", "write"): psums,
    }


def actions(products: int, operand_bits: int) -> dict[str, float]:
    """Multiplications, edge products included, and their passage through the crossbar."""
    return {f"mac_int{operand_bits}": products, "crossbar_product": products}
