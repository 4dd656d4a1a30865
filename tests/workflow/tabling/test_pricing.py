import pandas as pd
import pytest

from sim import Layer, UserError, accelerator, simulate, technology
from sim.components import energy_basis, energy_pj
from tests.workflow.random_traces import random_trace
from workflow.events import energy_pj as mixed_energy_pj
from workflow.events import simulate_network
from workflow.tabling.pricing import configured_bases, designs_energy_pj

NAMES = ("s2ta_aw", "sparten", "scnn", "sense", "eyeriss_v2")
TRACE = random_trace(
    (Layer.conv("conv", 16, 32, 3, 1, 1, 8), Layer.linear("fc", 64, 32)), (0.4, 0.5)
)


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    frames = [simulate_network(TRACE, name, accelerator(name)) for name in NAMES]
    return pd.concat(frames, ignore_index=True).fillna(0)


def test_rows_cost_what_their_events_do_on_either_basis(events: pd.DataFrame) -> None:
    for kind in ("mixed", "components"):
        table = designs_energy_pj(events, configured_bases(NAMES, kind, 45))
        assert table.index.equals(events.index)
        row = 0
        for name in NAMES:
            design = accelerator(name)
            for trace in TRACE.traces:
                expected = energy_pj(simulate(trace, design), energy_basis(kind, design, 45))
                for component, energy in expected.items():
                    assert table.loc[row, f"{component}_energy_pj"] == pytest.approx(energy)
                assert table.loc[row].sum() == pytest.approx(sum(expected.values()))
                row += 1


def test_mixed_basis_is_the_technology_table(events: pd.DataFrame) -> None:
    table = designs_energy_pj(events, configured_bases(NAMES, "mixed", 16))
    expected = mixed_energy_pj(events, technology(16))
    assert list(table.columns) == list(expected.columns)
    assert table.to_numpy() == pytest.approx(expected.to_numpy())


def test_a_design_without_a_basis_is_named(events: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="no energy basis for 'sparten'; there is: s2ta_aw"):
        designs_energy_pj(events, configured_bases(NAMES[:1], "mixed", 16))
