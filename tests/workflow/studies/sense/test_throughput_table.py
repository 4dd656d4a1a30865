import pytest

from sim import (
    accelerator,
    simulate,
)
from tests.workflow.studies.sense.small_networks import TRACES, events
from workflow.studies.sense.throughput_table import throughput


def test_rates_follow_from_the_clock_and_carry_the_published_value() -> None:
    table = throughput(events(["sense"])).set_index(["layers", "dram_time"])
    row = table.loc["all", "overlapped"]
    runs = [simulate(t, accelerator("sense")) for t in TRACES["balanced"].traces]
    seconds = sum(run.cycles for run in runs) / 2 / 200e6
    assert row["images_per_second"] == pytest.approx(1 / seconds)
    assert row["power_times_time_mj_per_image"] == pytest.approx(11200 * seconds)
    macs = sum(trace.layer.dense_macs for trace in TRACES["balanced"].traces)
    assert row["dense_gops"] == pytest.approx(2 * macs / seconds / 1e9)  # two operations each
    assert row["published_images_per_second"] == 34
    assert row["access_count_mj_per_image"] > row["access_count_without_dram_mj_per_image"] > 0


def test_added_dram_time_is_that_of_a_configuration_without_overlap() -> None:
    table = throughput(events(["sense"])).set_index(["layers", "dram_time"])
    serial = accelerator("sense", dram_overlap=False)
    runs = [simulate(t, serial) for t in TRACES["balanced"].traces]
    seconds = sum(run.cycles for run in runs) / 2 / 200e6
    rate = table.loc[("all", "serial"), "images_per_second"]
    assert rate == pytest.approx(1 / seconds, rel=1e-3)  # whole cycles per layer there
