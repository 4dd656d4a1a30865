"""What designs are made of: every memory and action has a price, and areas behave."""

import math

import numpy as np
import pytest

from sim import (
    Accelerator,
    Access,
    Layer,
    LayerTrace,
    UserError,
    accelerator,
    configurations,
    simulate,
    technology,
)
from sim.accelerators.eyeriss.published import BATCH, published, published_traces
from sim.components import (
    Cost,
    Inventory,
    Library,
    Price,
    area,
    energy_basis,
    energy_pj,
    inventory,
)
from sim.components.cells import ESTIMATES
from sim.components.parts import (
    adder_tree,
    crossbar,
    fifo,
    permutation,
    prefix_sum,
    priority_encoder,
    store,
)
from sim.footing import footing

ON_FPGA = {"hass", "pass", "dataflow_dense"}
"""Without an inventory: look-up tables and DSPs are counted for them, not cells."""

NAMES = [name for name in configurations() if name not in ON_FPGA]
DENSE = {"dense_ideal", "dense_mapped", "sa", "sparse_blox_dense", "sparse_blox_vector_dense", "tc"}

LAYERS = (
    Layer.conv("conv", 32, 64, 3, padding=1, input_size=14),
    Layer.conv("depthwise", 16, 16, 3, padding=1, input_size=8, groups=16),
    Layer.linear("fc", 64, 32),
)


def _trace(layer: Layer) -> LayerTrace:
    random = np.random.default_rng(7)
    weight = random.random(layer.weight_shape) < 0.4
    activation = random.random((1, layer.in_channels, *layer.input_size)) < 0.5
    return LayerTrace.of(layer, weight=weight, activation=activation)


def _footing_designs() -> list[tuple[str, Accelerator]]:
    designs = footing().designs
    return [(name, design.build(size)) for name, design in designs.items() for size in (0, 1)]


@pytest.mark.parametrize("name", NAMES)
def test_every_count_of_every_configuration_has_a_price(name: str) -> None:
    design = accelerator(name)
    for layer in LAYERS:
        events = simulate(_trace(layer), design)
        for node_nm in (16, 45, 65):
            for estimate in ESTIMATES:
                basis = energy_basis("components", design, node_nm, estimate=estimate)
                energy = energy_pj(events, basis)
                assert all(math.isfinite(value) and value >= 0 for value in energy.values())
                assert energy["mac"] > 0


def test_every_design_of_the_footing_has_prices_and_an_area_at_both_sizes() -> None:
    for name, design in _footing_designs():
        events = simulate(_trace(LAYERS[0]), design)
        assert sum(energy_pj(events, energy_basis("components", design, 16)).values()) > 0, name
        assert area(design, 16).total_mm2 > 0, name


@pytest.mark.parametrize("name", NAMES)
def test_area_has_a_band_and_shrinks_with_the_node(name: str) -> None:
    design = accelerator(name)
    low, basis, high = (area(design, 45, estimate) for estimate in ESTIMATES)
    assert low.total_mm2 <= basis.total_mm2 <= high.total_mm2
    assert low.mm2["selection"] <= basis.mm2["selection"] <= high.mm2["selection"]
    assert low.mm2["memory"] == basis.mm2["memory"] == high.mm2["memory"]
    assert area(design, 16).total_mm2 < 0.5 * basis.total_mm2
    assert (basis.mm2["selection"] == 0) == (name in DENSE)
    assert basis.total_leakage_mw > 0


@pytest.mark.parametrize("name", NAMES)
def test_selection_logic_of_the_band_costs_no_less_energy_at_its_high_end(name: str) -> None:
    design = accelerator(name)
    events = simulate(_trace(LAYERS[0]), design)
    for node_nm in (16, 45, 65):
        bases = [energy_basis("components", design, node_nm, estimate=end) for end in ESTIMATES]
        totals = [sum(energy_pj(events, basis).values()) for basis in bases]
        assert totals == sorted(totals)


def test_more_of_an_array_is_larger() -> None:
    small, large = accelerator("s2ta_aw", rows=4), accelerator("s2ta_aw", rows=8)
    assert area(small, 16).mm2["memory"] == area(large, 16).mm2["memory"]
    assert 2 * area(small, 16).mm2["mac"] == pytest.approx(area(large, 16).mm2["mac"])
    buffers = accelerator("s2ta_aw", activation_buffer_kib=4096)
    assert area(buffers, 16).mm2["memory"] > 1.5 * area(large, 16).mm2["memory"]


def test_area_of_a_dense_array_is_the_sum_of_rows_of_the_table() -> None:
    parts, design = Library(45), accelerator("dense_mapped")
    expected = parts.sram(512 * 1024, 256) + parts.sram(2048 * 1024, 256)
    expected += 1024 * (parts.mac(8, 32) + 2 * parts.register(8) + parts.register(32))
    assert area(design, 45).total_mm2 == pytest.approx(expected.area_um2 * 1e-6)
    assert area(design, 45).total_leakage_mw == pytest.approx(expected.leakage_uw * 1e-3)


def test_leakage_is_power_times_time() -> None:
    leaking = area(accelerator("dense_mapped"), 45)
    # 1000 cycles at 1 GHz are a microsecond: milliwatts times microseconds are nanojoules
    assert leaking.leakage_pj(1000, 1000.0) == pytest.approx(leaking.total_leakage_mw * 1000)


def test_mixed_basis_gives_the_energy_of_the_technology_table() -> None:
    for name in NAMES:
        design = accelerator(name)
        events = simulate(_trace(LAYERS[0]), design)
        mixed = energy_pj(events, energy_basis("mixed", design, 45))
        assert mixed == pytest.approx(technology(45).energy_pj(events)), name


def test_dram_kinds_change_dram_alone() -> None:
    design = accelerator("s2ta_aw")
    events = simulate(_trace(LAYERS[0]), design)
    for name in ("mixed", "components"):
        lpddr4 = energy_pj(events, energy_basis(name, design, 16))
        hbm2 = energy_pj(events, energy_basis(name, design, 16, dram="hbm2"))
        assert hbm2["dram"] / lpddr4["dram"] == pytest.approx(50 / 64)
        assert {k: v for k, v in hbm2.items() if k != "dram"} == {
            k: v for k, v in lpddr4.items() if k != "dram"
        }


def test_what_has_no_inventory_basis_or_price_is_refused_by_name() -> None:
    with pytest.raises(UserError, match="SparseDataflow has no inventory of components"):
        area(accelerator("hass"), 16)
    with pytest.raises(
        UserError, match="energy basis is 'best'; expected one of components, mixed"
    ):
        energy_basis("best", accelerator("sa"), 16)
    made_of = inventory(accelerator("sa"), Library(16))
    with pytest.raises(UserError, match=r"no component stands for memory 'spad_1b' \(weight\)"):
        made_of.memory_prices(Access("spad_1b", "weight", "read"))
    with pytest.raises(UserError, match="no component stands for action 'crossbar_product'"):
        made_of.action_prices("crossbar_product")


def test_memories_are_priced_by_name_then_operand_then_level() -> None:
    named = {
        "spad_9b": (Price("name", 1.0),),
        "spad.weight": (Price("operand", 2.0, 3.0),),
        "spad": (Price("level", 4.0),),
    }
    made_of = Inventory((), named)
    fields = [
        made_of.memory_prices(Access(memory, operand, "read"))[0].component
        for memory, operand in (("spad_9b", "weight"), ("spad_7b", "weight"), ("spad_7b", "psum"))
    ]
    assert fields == ["name", "operand", "level"]
    assert named["spad.weight"][0].of("write") == 3.0
    assert named["spad"][0].of("write") == 4.0


def test_costs_add_and_multiply() -> None:
    both = 2 * Cost(1, 2, 3, 4) + Cost(1, 1, 1, 1)
    assert both == Cost(3, 5, 7, 9)


@pytest.mark.parametrize("estimate", ESTIMATES)
def test_counted_parts_grow_with_their_size(estimate: str) -> None:
    parts = Library(45, estimate)  # type: ignore[arg-type]
    for small, large in (
        (store(parts, 16, 8), store(parts, 32, 8)),
        (fifo(parts, 16, 8), fifo(parts, 32, 8)),
        (crossbar(parts, 16, 16, 24), crossbar(parts, 16, 32, 24)),
        (permutation(parts, 16, 32), permutation(parts, 32, 32)),
        (priority_encoder(parts, 64), priority_encoder(parts, 128)),
        (prefix_sum(parts, 64), prefix_sum(parts, 128)),
        (adder_tree(parts, 8, 8), adder_tree(parts, 16, 8)),
    ):
        assert large.area_um2 > small.area_um2
        assert large.read_pj >= small.read_pj


def test_small_trees_by_hand() -> None:
    parts = Library(45)
    assert adder_tree(parts, 4, 8) == 2 * parts.adder(9) + parts.adder(10)
    # 8 positions: 8 adders of a bit, 4 of two and 2 of three
    by_hand = 8 * parts.adder(1) + 4 * parts.adder(2) + 2 * parts.adder(3)
    assert prefix_sum(parts, 8).read_pj == pytest.approx(by_hand.read_pj)
    assert store(parts, 64, 16) == parts.sram(128, 16)


def test_sparten_s_counted_logic_brackets_what_its_paper_states() -> None:
    """Table 4 at 45 nm per unit and cycle: join 2.125 pJ, permutation 0.414, buffers 0.75."""
    for action, stated in (
        ("sparten_inner_join", 2.125),
        ("sparten_permutation", 0.414),
        ("sparten_unit_buffer", 0.75),
    ):
        low, basis, high = (
            sum(
                price.read_pj
                for price in inventory(accelerator("sparten"), Library(45, estimate)).action_prices(
                    action
                )
            )
            for estimate in ESTIMATES
        )
        assert 0.5 * stated < basis < 2.1 * stated, action
        assert low <= basis <= high
        assert action != "sparten_inner_join" or low < stated < high


def test_scnn_s_multipliers_are_the_share_of_a_pe_that_its_paper_states() -> None:
    """0.123 mm2 a PE at 16 nm, 6 % of it multipliers (ISCA 2017, cited by third parties)."""
    parts = inventory(accelerator("scnn"), Library(16)).parts
    multipliers = next(part for part in parts if part.name.startswith("multipliers"))
    per_pe = multipliers.count * multipliers.cost.area_um2 * 1e-6 / 64
    assert per_pe == pytest.approx(0.06 * 0.123, rel=0.1)


def test_pads_of_an_eyeriss_v2_pe_take_the_share_that_its_paper_states() -> None:
    """72 % of a PE scratch pads, 5 % multipliers (JETCAS 2019, cited by third parties)."""
    listed = inventory(accelerator("eyeriss_v2"), Library(65)).parts
    in_pe = [part for part in listed if part.group != "memory" and "router" not in part.name]
    total = sum(part.count * part.cost.area_um2 for part in in_pe)
    pads = sum(part.count * part.cost.area_um2 for part in in_pe if part.group == "buffer")
    assert pads / total == pytest.approx(0.72, abs=0.1)


def test_counted_parts_explain_a_third_of_what_the_eyeriss_chip_drew() -> None:
    """Table V of IEEE JSSC 52(1), 2017: power x time of AlexNet's convolutions, batch of 4, 65 nm.

    The rest is what no part stands for: clock network, control, wires, the link. Both bases say so.
    """
    design = accelerator("eyeriss", batch=BATCH["alexnet"])
    chip = published("alexnet")
    drawn_pj = float((chip["power_mw"] * chip["total_ms"]).sum()) * 1e6
    layers = [simulate(trace, design) for trace in published_traces("alexnet", 0)]
    for name in ("mixed", "components"):
        basis = energy_basis(name, design, 65)
        energies = [energy_pj(events, basis) for events in layers]
        counted = sum(sum(energy.values()) - energy["dram"] for energy in energies)
        assert 0.25 < counted / drawn_pj < 0.4, name
