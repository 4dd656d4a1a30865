import pandas as pd
import pytest

from sim import Layer, UserError, accelerator, simulate, technology
from sim.components import BASES, energy_basis, energy_pj
from sim.footing import AS_CONFIGURED, footing
from tests.workflow.random_traces import random_trace
from workflow.events import energy_pj as mixed_energy_pj
from workflow.events import simulate_network
from workflow.tabling.pricing import JUDGED, Pricing, built, on_either_basis
from workflow.tabling.shared import ENERGIES

NAMES = ("s2ta_aw", "sparten", "scnn", "sense", "eyeriss_v2")
LAYERS = (Layer.conv("conv", 16, 32, 3, padding=1, input_size=8), Layer.linear("fc", 64, 32))
TRACE = random_trace(LAYERS, (0.4, 0.5), images=2)


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    frames = [simulate_network(TRACE, name, accelerator(name)) for name in NAMES]
    return pd.concat(frames, ignore_index=True).fillna(0)


def test_rows_cost_what_their_events_do_on_either_basis(events: pd.DataFrame) -> None:
    for kind in BASES:
        table = Pricing(kind, "hbm2").parts_per_image_pj(events, 45)
        assert table.index.equals(events.index)
        row = 0
        for name in NAMES:
            design = accelerator(name)
            for trace in TRACE.traces:
                basis = energy_basis(kind, design, 45, dram="hbm2")
                expected = energy_pj(simulate(trace, design), basis)
                for component, energy in expected.items():
                    priced = table.loc[row, f"{component}_energy_pj"]
                    assert priced == pytest.approx(energy / 2)
                assert table.loc[row].sum() == pytest.approx(sum(expected.values()) / 2)
                row += 1


def test_mixed_basis_is_the_technology_table(events: pd.DataFrame) -> None:
    table = Pricing("mixed").parts_per_image_pj(events, 16, mac_int8=9.0)
    expected = mixed_energy_pj(events, technology(16, mac_int8=9.0)) / 2
    assert list(table.columns) == list(expected.columns)
    assert table.to_numpy() == pytest.approx(expected.to_numpy())


def test_a_row_belongs_to_the_design_of_its_footing_and_variant() -> None:
    common = footing()
    assert built("scnn", common.label(1)) == common.design("scnn").build(1)
    assert built("scnn", AS_CONFIGURED) == built("scnn") == accelerator("scnn")
    assert built("scnn", variant="zeros: seed=3") == accelerator("scnn")
    varied = built("sa_zvcg", variant="gating_residual=0.4 gate_operands=True rows=8")
    expected = accelerator("sa_zvcg", gating_residual=0.4, gate_operands=True, rows=8)
    assert varied == expected
    with pytest.raises(UserError, match="footing is '3_multipliers'; expected one of"):
        built("scnn", "3_multipliers")
    with pytest.raises(UserError, match="unknown parameter of accelerator 'scnn'"):
        built("scnn", variant="colour=red")


def test_a_larger_buffer_costs_more_per_byte(events: pd.DataFrame) -> None:
    rows = events[events["accelerator"] == "s2ta_aw"]
    larger = rows.assign(variant="activation_buffer_kib=4096")
    sram = [JUDGED.parts_per_image_pj(each, 16)["sram_energy_pj"] for each in (rows, larger)]
    assert (sram[0] < sram[1]).all()


def test_a_design_that_nobody_says_the_parts_of_has_no_energy(events: pd.DataFrame) -> None:
    unknown = events[events["accelerator"] == "s2ta_aw"].assign(accelerator="hass")
    table = JUDGED.per_image_pj(pd.concat([events, unknown], ignore_index=True), 16)
    assert table.iloc[-len(unknown) :].isna().all(axis=None)
    assert (table.iloc[: -len(unknown)] > 0).all(axis=None)
    assert JUDGED.per_image_pj(unknown, 16)[ENERGIES].isna().all(axis=None)


def test_an_unknown_basis_or_dram_is_refused() -> None:
    with pytest.raises(UserError, match="energy basis is 'guessed'; expected one of components"):
        Pricing("guessed")
    with pytest.raises(UserError, match="dram is 'sdram'; expected one of lpddr4"):
        Pricing(dram="sdram")


def test_tables_on_either_basis_begin_with_the_judged_one() -> None:
    table = on_either_basis(lambda each: pd.DataFrame({"dram": [each.dram]}), Pricing("mixed"))
    assert list(table["basis"]) == list(BASES) == ["components", "mixed"]
    assert list(table["dram"]) == ["lpddr4", "lpddr4"]
