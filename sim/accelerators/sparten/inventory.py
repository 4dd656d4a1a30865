"""Parts of SparTen: clusters of units that join two bit masks, with a permutation network in GB-H.

Third parties cite the power of a cluster of 32 units at 45 nm and 800 MHz from Table 4 of the paper
(MICRO 2019): buffers 19.2 mW, prefix sums 48.0, priority encoders 6.4, multiplier and accumulator
13.82, permutation 10.6, the rest 20.28. Over 32 units and 800 MHz that is, per unit and cycle,
0.75, 1.875, 0.25, 0.54, 0.41 and 0.79 pJ: the figures beside the counted parts.
"""

from math import ceil, log2

from sim.accelerators.sparten.model import SparTen
from sim.components.cells import Library
from sim.components.inventories import Inventory, Part, Price
from sim.components.parts import permutation, prefix_sum, priority_encoder, store
from sim.components.shared import Prices, mac, register_bit, registers, two_buffers
from sim.components.table import Cost

VALUE_BITS = 8
SUM_BITS = 32

MATCHES_PER_CHUNK = {"low": 16, "basis": 8, "high": 2}
"""Multiplications for which the prefix sums of a pair of chunks stand still; assumed.

A chunk of 128 positions at densities of 0.2 to 0.35 has 5 to 16 matches.
"""

TABLE_4 = "Table 4 (MICRO 2019, cited by third parties), 45 nm: {:.3g} pJ per unit and cycle"


def inventory(design: SparTen, parts: Library) -> Inventory:
    """Parts and prices with any of the three balancings."""
    buffers, prices = two_buffers(parts, design.weight_buffer_kib, design.activation_buffer_kib)
    macs = mac(parts, design.multipliers, VALUE_BITS, SUM_BITS)
    logic = _join(design, parts)
    return Inventory(
        (*buffers, macs, *_stores(design, parts), *logic),
        prices,
        _actions(design, parts, macs, logic),
    )


def _sums(design: SparTen, parts: Library) -> Cost:
    """The sums of a unit: one for each output position that shares a filter chunk."""
    return store(parts, design.positions_per_filter_chunk, SUM_BITS)


def _stores(design: SparTen, parts: Library) -> tuple[Part, ...]:
    """Values and masks of the filter chunk of a unit and of the input chunks of a cluster.

    Units run ahead over the input chunks that share a filter chunk, so a cluster holds all of them.
    """
    chunk, units = design.chunk_bits, design.multipliers
    inputs = design.clusters * design.positions_per_filter_chunk
    values = store(parts, chunk, VALUE_BITS)
    return (
        Part("filter chunks", "buffer", units, values, TABLE_4.format(19.2 / 32 / 0.8)),
        Part("input chunks", "buffer", inputs, values),
        Part("sums", "buffer", units, _sums(design, parts)),
        registers(parts, "masks", units + inputs, chunk),
    )


def _join(design: SparTen, parts: Library) -> tuple[Part, ...]:
    units, chunk = design.multipliers, design.chunk_bits
    counted = (
        Part("matches of two masks", "selection", units, parts.gates(2 * chunk)),
        Part(
            "priority encoders",
            "selection",
            units,
            priority_encoder(parts, chunk),
            TABLE_4.format(6.4 / 32 / 0.8),
        ),
        Part(
            "prefix sums",
            "selection",
            2 * units,
            prefix_sum(parts, chunk),
            TABLE_4.format(48.0 / 32 / 0.8),
        ),
    )
    if not design.permutes:
        return counted
    network = permutation(parts, design.units_per_cluster, SUM_BITS)
    return (
        *counted,
        Part(
            "permutation network",
            "selection",
            design.clusters,
            network,
            TABLE_4.format(10.6 / 32 / 0.8),
        ),
    )


def _actions(design: SparTen, parts: Library, macs: Part, logic: tuple[Part, ...]) -> Prices:
    """A join finds the next match; the sums switch once per pair of chunks."""
    matches, encoder, sums, *_ = (part.cost.read_pj for part in logic)
    per_chunk = (matches + 2 * sums) / MATCHES_PER_CHUNK[parts.estimate]
    value = store(parts, design.chunk_bits, VALUE_BITS)
    total = _sums(design, parts)
    position = parts.counter(ceil(log2(design.chunk_bits)))
    prices: Prices = {
        "mac_int8": (Price("mac", macs.cost.read_pj),),
        "sparten_inner_join": (Price("sparsity_logic", encoder + per_chunk),),
        # two values of a match, and the sum that is read and written
        "sparten_unit_buffer": (
            Price("buffer", 2 * value.read_pj),
            Price("register", total.read_pj + total.write_pj),
        ),
        "sparten_control": (Price("other", position.read_pj),),
        "register_bit": (register_bit(parts),),
    }
    if design.permutes:
        prices["sparten_permutation"] = (Price("sparsity_logic", logic[3].cost.read_pj),)
    return prices
