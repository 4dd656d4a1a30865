"""Bytes that SCNN moves: compressed operands between DRAM, activation RAMs, FIFOs, accumulators.

Weights stream past activations that stay: a channel's activation vector is read once per filter
group, the weight queue once per activation vector. When the compressed input of a PE does not fit
its RAM, the plane is worked through in several passes, and the weights are fetched in each.
"""

from dataclasses import dataclass

from sim.accelerators.scnn.tiling import Counts, ceil_div
from sim.events import Access
from sim.layer import LayerTrace
from sim.taps import bytes_of_bits, output_nonzeros

ACCUMULATOR_BITS = 24
"""Width of a partial sum (ISCA 2017)."""


@dataclass(frozen=True)
class Storage:
    """What traffic depends on; weights and activations as in `Queues`.

    Attributes:
        activation_vector: activations that a weight meets at once.
        operand_bits, index_bits: of one compressed value and its zero-run index.
        activation_ram_bytes: input RAM of one PE; the output RAM has the same size.
    """

    weights: Counts
    activations: Counts
    activation_vector: int
    operand_bits: int
    index_bits: int
    activation_ram_bytes: int

    def compressed_bytes(self, values: int) -> int:
        """Bytes of so many nonzero values with their indices."""
        return bytes_of_bits(values * (self.operand_bits + self.index_bits))

    def input_passes(self) -> list[int]:
        """Passes over the plane, one number per image."""
        fullest = self.activations.sum(axis=(1, 2, 3)).max(axis=-1)
        return [
            max(1, ceil_div(self.compressed_bytes(int(values)), self.activation_ram_bytes))
            for values in fullest
        ]


def traffic_bytes(trace: LayerTrace, storage: Storage, effectual: int) -> dict[Access, int]:
    """Bytes moved by memory, operand and direction, over all images."""
    weights, activations = storage.weights, storage.activations
    pes = activations.shape[-1]
    passes = storage.input_passes()
    kept = weights > 0
    activation_reads = int((kept.sum(axis=1) * activations.sum(axis=(0, 4))).sum())
    vectors = -(-activations // storage.activation_vector)
    weight_reads = int((weights.sum(axis=1) * vectors.sum(axis=(0, 4))).sum())
    stored_weights = storage.compressed_bytes(int(weights.sum()))
    spilled = sum(
        storage.compressed_bytes(int(image.sum()))
        for image, times in zip(activations, passes, strict=True)
        if times > 1
    )
    outputs = storage.compressed_bytes(output_nonzeros(trace))
    fits = outputs <= trace.images * pes * storage.activation_ram_bytes
    psums = effectual * ACCUMULATOR_BITS // 8
    results = trace.images * trace.layer.out_channels * trace.layer.output_pixels
    return {
        Access("dram", "weight", "read"): stored_weights * sum(passes),
        Access("dram", "activation", "read"): spilled,
        Access("dram", "output", "write"): 0 if fits else outputs,
        Access("sram_8kib", "activation", "write"): spilled,
        Access("sram_8kib", "activation", "read"): storage.compressed_bytes(activation_reads),
        Access("sram_8kib", "output", "write"): outputs,
        Access("sram_8kib", "output", "read"): 0 if fits else outputs,
        Access("spad_448b", "weight", "write"): stored_weights * sum(passes) * pes,
        Access("spad_448b", "weight", "read"): storage.compressed_bytes(weight_reads),
        Access("spad_80b", "psum", "read"): psums + results * ACCUMULATOR_BITS // 8,
        Access("spad_80b", "psum", "write"): psums,
    }


def actions(products: int, operand_bits: int) -> dict[str, float]:
    """Multiplications, edge products included, and their passage through the crossbar."""
    return {f"mac_int{operand_bits}": products, "crossbar_product": products}
