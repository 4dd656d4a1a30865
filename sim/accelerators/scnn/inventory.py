"""Parts of SCNN: PEs of F x I multipliers, a crossbar to banks of accumulators, RAMs and a FIFO.

A PE of the paper (ISCA 2017, cited by third parties) has 0.123 mm2 at 16 nm, 57 % of it memories,
6 % multipliers and about three times the multipliers in the crossbar; the chip of 64 has 7.9 mm2.
"""

from math import ceil, log2

from sim.accelerators.scnn.model import Scnn
from sim.accelerators.scnn.traffic import ACCUMULATOR_BITS
from sim.components.cells import Library
from sim.components.inventories import Inventory, Part, Price, per_byte
from sim.components.parts import crossbar, fifo, store
from sim.components.shared import Prices

FIFO_VECTORS = 50
"""Weight vectors in the FIFO of a PE (ISCA 2017, cited by third parties)."""
COORDINATE_BITS = 8

PAPER = "ISCA 2017, cited by third parties, 16 nm: {}"


def inventory(design: Scnn, parts: Library) -> Inventory:
    """Parts of all PEs, and prices; accumulators are double buffered."""
    pes = design.pe_rows * design.pe_columns
    products = design.weight_vector * design.activation_vector
    value_bits = design.operand_bits + design.index_bits
    vector_bits = design.activation_vector * value_bits
    ram = parts.sram(design.activation_ram_bytes, vector_bits)
    weight_bits = design.weight_vector * value_bits
    weights = fifo(parts, FIFO_VECTORS, weight_bits)
    entries = ceil(design.accumulator_entries / design.accumulator_banks)
    bank = store(parts, entries, ACCUMULATOR_BITS)
    banks = pes * design.accumulator_banks
    scatter_bits = ACCUMULATOR_BITS + ceil(log2(max(2, entries)))
    scatter = crossbar(parts, products, design.accumulator_banks, scatter_bits)
    product = parts.multiplier(design.operand_bits)
    total = parts.adder(ACCUMULATOR_BITS)
    place = parts.adder(COORDINATE_BITS)
    memories: Prices = {
        "sram": (per_byte("sram", ram, vector_bits),),
        "spad.weight": (per_byte("buffer", weights, weight_bits),),
        "spad.psum": (per_byte("buffer", bank, ACCUMULATOR_BITS),),
    }
    return Inventory(
        (
            Part("activation RAMs", "memory", 2 * pes, ram, PAPER.format("memories 57 % of a PE")),
            Part("weight FIFOs", "buffer", pes, weights),
            Part("accumulator banks", "buffer", 2 * banks, bank),
            Part(
                f"multipliers, {design.operand_bits} bit",
                "mac",
                pes * products,
                product,
                PAPER.format("6 % of a PE"),
            ),
            Part("adders of the accumulators", "mac", banks, total),
            Part(
                "crossbars", "selection", pes, scatter, PAPER.format("three times the multipliers")
            ),
            Part("coordinates of the products", "selection", 2 * pes * products, place),
        ),
        memories,
        {
            f"mac_int{design.operand_bits}": (Price("mac", product.read_pj + total.read_pj),),
            "crossbar_product": (
                Price("crossbar", scatter.read_pj),
                Price("sparsity_logic", 2 * place.read_pj),
            ),
        },
    )
