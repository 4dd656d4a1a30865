"""Sums of a run's benchmark files by step."""

from pathlib import Path

import pytest

from tests.workflow.maintenance.test_measured_resources import benchmark
from workflow.maintenance.stage_costs import stage_costs


def test_a_step_has_the_sum_of_its_jobs_and_what_its_folder_holds(tmp_path: Path) -> None:
    for name, seconds, memory_mb in [
        ("train/digits.lenet5", 40.0, 300),
        ("compress/digits.lenet5.dbb", 6.0, 500),
        ("compress/digits.lenet5.dense", 4.0, 200),
        ("simulate/digits.lenet5.dbb.sa", 1.0, "-"),
    ]:
        benchmark(tmp_path / "benchmarks", name, seconds, memory_mb)
    for name, size in [("networks/a/b.json", 3_000_000), ("events/c.csv", 1_000_000)]:
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(bytes(size))
    table = stage_costs(tmp_path).set_index("step")
    assert list(table.index) == ["train", "compress", "simulate", "all steps"]
    assert list(table["jobs"]) == [1, 2, 1, 4]
    assert list(table["wall_seconds"]) == [40.0, 10.0, 1.0, 51.0]
    assert list(table["processor_seconds"]) == [20.0, 5.0, 0.5, 25.5]
    assert list(table["memory_mb"])[:2] == [300.0, 500.0]
    assert table.loc["all steps", "memory_mb"] == pytest.approx(500.0)
    assert list(table["disk_mb"].fillna(-1)) == [3.0, -1.0, 1.0, 4.0]
