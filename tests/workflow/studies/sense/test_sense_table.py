import pandas as pd
import pytest

from sim import (
    accelerator,
    simulate,
)
from sim.accelerators.sense.schemes import MEANT_FOR
from tests.workflow.studies.sense.small_networks import TRACES, events
from workflow.studies.sense.sense_table import sense, without_waiting


@pytest.fixture(scope="module")
def ablation() -> pd.DataFrame:
    return sense(events()).set_index(["layers", "network", "accelerator"])


def test_every_gain_is_over_neither_mechanism(ablation: pd.DataFrame) -> None:
    rows = ablation.loc["all", "vgg16"]
    assert rows.loc["sense_neither", "speedup"] == 1
    assert rows.loc["sense_neither", "dram_reduction"] == 1
    base = rows.loc["sense_neither", "cycles_per_image"]
    for name in MEANT_FOR:
        assert rows.loc[name, "speedup"] == pytest.approx(base / rows.loc[name, "cycles_per_image"])
    assert rows.loc["sense", "array_speedup"] > rows.loc["sense_unclustered", "array_speedup"] > 1


def test_cycles_are_those_of_the_configuration_on_its_own_scheme(ablation: pd.DataFrame) -> None:
    for name, scheme in MEANT_FOR.items():
        runs = [simulate(t, accelerator(name)) for t in TRACES[scheme].traces]
        expected = sum(run.cycles for run in runs) / 2
        assert ablation.loc[("all", "vgg16", name), "cycles_per_image"] == expected


def test_the_array_alone_does_not_wait_for_dram(ablation: pd.DataFrame) -> None:
    counted = events(["sense"], dram_overlap=False)
    waited = counted["idle_bandwidth_multiplier_cycles"] / counted["multipliers"]
    assert waited.max() > 1
    alone = without_waiting(counted)["cycles"]
    assert ((counted["cycles"] - waited <= alone) & (alone < counted["cycles"] - waited + 1)).all()
    base, row = (ablation.loc["all", "vgg16", name] for name in ("sense_neither", "sense"))
    assert base["array_speedup"] == 1
    ratio = base["array_cycles_per_image"] / row["array_cycles_per_image"]
    assert row["array_speedup"] == pytest.approx(ratio)


def test_shares_of_idle_and_useful_slots_leave_the_utilisation(ablation: pd.DataFrame) -> None:
    runs = [simulate(t, accelerator("sense")) for t in TRACES["balanced"].traces]
    convolutions = runs[0] + runs[1]
    for view, total in (("conv_only", convolutions), ("all", convolutions + runs[2])):
        shares = ablation.loc[(view, "vgg16", "sense")].filter(like="_share").sum()
        assert shares == pytest.approx(1 - total.utilisation)


def test_the_mean_is_over_networks(ablation: pd.DataFrame) -> None:
    mean = ablation.loc[("all", "mean", "sense"), "speedup"]
    of_one = ablation.loc[("all", "vgg16", "sense"), "speedup"]
    assert mean == pytest.approx(of_one, rel=1e-12)  # exp of log: the last digit is the processor's
