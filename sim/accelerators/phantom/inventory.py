"""Parts of Phantom-2D as reconstructed: mask lookahead, selection of operands, thread queues.

The paper's hardware could not be read, so all of this is assumed, as is the array itself.
"""

from math import ceil, log2

from sim.accelerators.phantom.model import Phantom
from sim.components.cells import Library
from sim.components.inventories import Inventory, Part, Price, per_byte
from sim.components.parts import adder_tree, priority_encoder, store
from sim.components.shared import Prices, mac, registers, two_buffers
from sim.components.table import Cost
from sim.memory import PSUM_BYTES

VALUE_BITS = 8
SUM_BITS = 8 * PSUM_BYTES
THREADS = 3
"""Multipliers of a PE column."""
PAD_WORDS = 224
PAD_BITS = 16
"""Operands and masks lie in scratch pads of 448 bytes, as the model's entry names them."""
SUM_WORDS = 20


def inventory(design: Phantom, parts: Library) -> Inventory:
    """Parts and prices; an entry of the lookahead is an AND of three pairs, counted and placed."""
    buffers, prices = two_buffers(parts, design.weight_buffer_kib, design.activation_buffer_kib)
    columns = design.multipliers // THREADS
    macs = mac(parts, design.multipliers, VALUE_BITS, SUM_BITS)
    pad, sums = store(parts, PAD_WORDS, PAD_BITS), store(parts, SUM_WORDS, SUM_BITS)
    entry = _entry(parts)
    choice = _operand_choice(design, parts)
    memories: Prices = prices | {
        "spad": (per_byte("buffer", pad, PAD_BITS),),
        "spad.psum": (per_byte("buffer", sums, SUM_BITS),),
    }
    return Inventory(
        (
            *buffers,
            Part("scratch pads of operands and masks", "buffer", 2 * columns, pad),
            Part("partial sums", "buffer", columns, sums),
            macs,
            registers(parts, "operand registers", 2 * design.multipliers, VALUE_BITS),
            Part("lookahead entries", "selection", columns * design.lookahead, entry),
            Part("schedulers", "selection", columns, priority_encoder(parts, design.lookahead)),
            Part("operand choice of a thread", "selection", 2 * design.multipliers, choice),
        ),
        memories,
        {
            "mac_int8": (
                Price("mac", macs.cost.read_pj),
                Price("sparsity_logic", 2 * choice.read_pj),
            ),
            "comparator_int8": (Price("sparsity_logic", entry.read_pj),),
        },
    )


def _entry(parts: Library) -> Cost:
    """AND of three bits with three bits, how many match, and the sum of those before it."""
    masks = parts.register(2 * THREADS)
    stored = Cost(masks.write_pj, 0.0, masks.area_um2, masks.leakage_uw)
    counted = adder_tree(parts, THREADS, 1) + parts.adder(ceil(log2(THREADS + 1)))
    return stored + parts.gates(2 * THREADS) + counted


def _operand_choice(design: Phantom, parts: Library) -> Cost:
    """A thread takes its operand from any entry of the lookahead at any of three places."""
    return parts.multiplexer(THREADS * design.lookahead, VALUE_BITS)
