from pathlib import Path

import numpy as np
import pytest

from sim import UserError
from workflow.studies.scaling.cluster_model_table import ClusterSettings, cluster_model, measured_s

SETTINGS = ClusterSettings(
    jobs=100,
    nodes=[1, 5],
    slots_per_node=2,
    jobs_per_submission=[1, 10],
    step_s=1.0,
    overhead_s=4.0,
    submit_s=[0.0],
    poll_s=0.0,
    in_flight=[1000],
    seed=0,
)


def test_equal_jobs_give_what_can_be_computed_in_the_head() -> None:
    table = cluster_model(np.array([6.0, 6.0]), SETTINGS)
    rows = table.set_index(["nodes", "jobs_per_submission"])
    assert rows["makespan_s"].to_dict() == {
        (1, 1): 50 * 10,
        (1, 10): 5 * 74,
        (5, 1): 10 * 10,
        (5, 10): 74,
    }
    assert rows.loc[(5, 10), "submissions"] == 10
    assert rows.loc[(5, 10), "efficiency_percent"] == pytest.approx(100 * 60 / 74)
    assert rows.loc[(5, 1), "speedup_over_one_slot"] == pytest.approx(6)
    assert set(table["source"]) == {"modelled"}


def test_durations_are_drawn_from_the_measured_ones(tmp_path: Path) -> None:
    for index, seconds in enumerate(("9\t1.5", "4.0\t-")):
        (tmp_path / f"{index}.tsv").write_text(f"s\tcpu_time\n{seconds}\n")
    measured = measured_s([tmp_path / "0.tsv", tmp_path / "1.tsv"])
    assert measured.tolist() == [1.5, 4.0]
    mean = cluster_model(measured, SETTINGS)["job_mean_s"].unique()
    assert len(mean) == 1
    assert 1.5 < mean[0] < 4.0
    (tmp_path / "0.tsv").write_text("nothing\n")
    with pytest.raises(UserError, match="not the benchmark of a job"):
        measured_s([tmp_path / "0.tsv"])
