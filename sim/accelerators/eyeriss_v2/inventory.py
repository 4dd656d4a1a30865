"""Parts of Eyeriss v2: PEs on compressed columns, clusters with banks and routers.

The scratch pads are those of the PE in the Sparseloop MICRO 2022 artifact; third parties say that
they are 72 % of a PE's area and the multipliers 5 %.
"""

from math import ceil, log2

from sim.accelerators.eyeriss_v2.model import EyerissV2
from sim.accelerators.eyeriss_v2.traffic import (
    ACTIVATION_ADDRESS_BITS,
    PSUM_BITS,
    RUN_BITS,
    VALUE_BITS,
    WEIGHT_ADDRESS_BITS,
)
from sim.components.cells import Library
from sim.components.inventories import Inventory, Part, Price, per_byte
from sim.components.parts import crossbar, store
from sim.components.shared import Prices, registers
from sim.components.table import Cost
from sim.memory import KIB

PES_PER_CLUSTER = 12
BANKS_PER_CLUSTER = 3
BANK_BITS = 32
WEIGHTS_PER_WORD = 2
ACTIVATION_COLUMNS, WEIGHT_COLUMNS = 9, 16
ROUTER_PORTS = 4
"""A cluster's own side and three neighbours, for activations, weights and partial sums alike."""
PAPER = "share of a PE's area, JETCAS 2019 as third parties cite it: {}"


def inventory(design: EyerissV2, parts: Library) -> Inventory:
    """Parts and prices; every byte from the global buffer passes one router and one broadcast."""
    pes = design.pe_rows * design.pe_columns
    clusters = ceil(pes / PES_PER_CLUSTER)
    banks = clusters * BANKS_PER_CLUSTER
    bank = parts.sram(ceil(design.activation_buffer_kib * KIB / banks), BANK_BITS)
    product, total = parts.multiplier(VALUE_BITS), parts.adder(PSUM_BITS)
    pads = _pads(design, parts)
    multipliers = pes * design.macs_per_pe
    routers, passed = _routers(parts, clusters)
    place = parts.adder(ceil(log2(design.psum_entries)))
    return Inventory(
        (
            Part("banks of the global buffer", "memory", banks, bank),
            *(Part(name, "buffer", pes, pad, PAPER.format("pads 72 %")) for name, pad in pads),
            Part("multipliers, 8 bit", "mac", multipliers, product, PAPER.format("5 %")),
            Part("adders of the sums", "mac", multipliers, total),
            registers(parts, "pipeline registers", 2 * multipliers, VALUE_BITS + PSUM_BITS),
            Part("places of the products", "selection", multipliers, place),
            Part("column addresses", "selection", 2 * pes, parts.adder(WEIGHT_ADDRESS_BITS)),
            *routers,
        ),
        _memories(parts, dict(pads), bank, passed),
        {
            "mac_int8": (
                Price("mac", product.read_pj + total.read_pj),
                Price("sparsity_logic", place.read_pj),
            ),
        },
    )


def _pads(design: EyerissV2, parts: Library) -> tuple[tuple[str, Cost], ...]:
    pair = VALUE_BITS + RUN_BITS
    words = ceil(design.weight_entries / WEIGHTS_PER_WORD)
    return (
        ("weights", store(parts, words, WEIGHTS_PER_WORD * pair)),
        ("weight columns", store(parts, WEIGHT_COLUMNS, WEIGHT_ADDRESS_BITS)),
        ("activations", store(parts, design.activation_entries, pair)),
        ("activation columns", store(parts, ACTIVATION_COLUMNS, ACTIVATION_ADDRESS_BITS)),
        ("partial sums", store(parts, design.psum_entries, PSUM_BITS)),
    )


def _memories(parts: Library, pads: dict[str, Cost], bank: Cost, passed: float) -> Prices:
    """Prices of bytes: values and runs lie side by side in a word of the same pad."""
    pair = VALUE_BITS + RUN_BITS
    weights = (per_byte("buffer", pads["weights"], WEIGHTS_PER_WORD * pair),)
    activations = (per_byte("buffer", pads["activations"], pair),)
    network = Price("network", passed)
    return {
        "sram": (per_byte("sram", bank, BANK_BITS), network),
        "spad.weight": (*weights, network_on_write(passed)),
        "spad_128b": weights,
        "spad.activation": activations,
        "spad_13b": activations,
        "spad.psum": (per_byte("buffer", pads["partial sums"], PSUM_BITS),),
    }


def network_on_write(passed: float) -> Price:
    """Weights pass the network on their way into the PE, not when the multiplier reads them."""
    return Price("network", 0.0, passed)


def _routers(parts: Library, clusters: int) -> tuple[tuple[Part, ...], float]:
    """Routers of the hierarchical mesh and the energy of a byte that passes one.

    A router is a crossbar with a register at each port; a cluster has three for activations, three
    for weights and four for partial sums. The wires between clusters are not counted.
    """
    pair = VALUE_BITS + RUN_BITS
    values = crossbar(parts, ROUTER_PORTS, ROUTER_PORTS, 2 * pair)
    sums = crossbar(parts, ROUTER_PORTS, ROUTER_PORTS, PSUM_BITS)
    port = parts.register(2 * pair)
    passed = (values.read_pj + port.read_pj + port.write_pj) * 8 / (2 * pair)
    held = ROUTER_PORTS * port
    listed = (
        Part("routers of activations and weights", "selection", 6 * clusters, values + held),
        Part(
            "routers of partial sums",
            "selection",
            4 * clusters,
            sums + ROUTER_PORTS * parts.register(PSUM_BITS),
        ),
    )
    return listed, passed
