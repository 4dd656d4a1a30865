"""Parts of Eyeriss: PEs with scratch pads and a zero gate, one global buffer."""

from sim.accelerators.eyeriss.model import Eyeriss
from sim.components.cells import Library
from sim.components.inventories import Inventory, Part, Price, per_byte
from sim.components.parts import store, zero_detector
from sim.components.shared import mac, register_bit, registers
from sim.memory import KIB

SUM_BITS = 24
BUFFER_BITS = 64
"""Word of the global buffer: four values of 16 bit."""
RUN_LENGTH_LANES = 1


def inventory(design: Eyeriss, parts: Library) -> Inventory:
    """List the parts of an Eyeriss and the prices of what it counts.

    The model counts the accesses of the activation and partial-sum pads as `register_bit`, as they
    are files of registers, and bytes read from the filter pad as the action `spad_448b`.
    """
    pes, bits = design.multipliers, design.value_bits
    macs = mac(parts, pes, bits, SUM_BITS)
    filters = store(parts, design.filter_words, bits)
    memory = parts.sram(design.buffer_kib * KIB, BUFFER_BITS)
    gate = zero_detector(parts, bits) + parts.register(1) + parts.gates(1)
    run = parts.counter(design.run_bits) + zero_detector(parts, bits)
    return Inventory(
        (
            Part("global buffer", "memory", 1, memory),
            Part("filter pads", "buffer", pes, filters),
            Part("activation pads", "buffer", pes, store(parts, design.activation_words, bits)),
            Part("partial-sum pads", "buffer", pes, store(parts, design.psum_words, bits)),
            macs,
            registers(parts, "pipeline registers", 3 * pes, bits),
            Part("zero gates", "selection", pes, gate),
            Part("run-length coder and decoder", "selection", 2 * RUN_LENGTH_LANES, run),
        ),
        {"sram": (per_byte("sram", memory, BUFFER_BITS),)},
        {
            f"mac_int{bits}": (
                Price("mac", macs.cost.read_pj),
                Price("sparsity_logic", gate.read_pj),
            ),
            "spad_448b": (Price("buffer", filters.read_pj * 8 / bits),),
            "register_bit": (register_bit(parts),),
        },
    )
