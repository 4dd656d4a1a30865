from pathlib import Path

import pandas as pd
import pytest

from sim import UserError
from workflow.maintenance.measured_resources import measured, renewed

HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"


def benchmark(folder: Path, name: str, seconds: float, memory_mb: float | str) -> Path:
    path = folder / f"{name}.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{HEADER}{seconds}\t0:00:01\t{memory_mb}\t0\t0\t0\t0\t0\t0\t{seconds / 2}\n")
    return path


def test_a_rule_has_the_largest_value_of_its_jobs_and_names_the_one_with_most_memory(
    tmp_path: Path,
) -> None:
    for name, seconds, memory_mb in [
        ("simulate/digits.lenet5.dbb.sa", 9.0, 80),
        ("simulate/digits.vgg16.dbb.sa", 2.0, 300),
        ("trace/digits.vgg16", 4.0, 400),
        ("trace/imagenet-seed1.vgg16", 16.0, 1900),
        ("train/canvases.yolov5s", 900.0, 600),
        ("tables/claims", 1.0, "-"),  # too short to be sampled
        ("figures/claims", 2.0, 190),
        ("points/gating/digits.vgg16.dbb.sa.0", 3.0, 200),
    ]:
        benchmark(tmp_path, name, seconds, memory_mb)
    table = measured([tmp_path]).set_index("rule")
    assert set(table.index) == {
        "simulate",
        "trace",
        "imagenet_trace",
        "train_detector",
        "claims_table",
        "points",
        "figure_claims",
    }
    simulate = table.loc["simulate"]
    assert (simulate["jobs"], simulate["seconds"], simulate["memory_mb"]) == (2, 9.0, 300)
    assert simulate["processor_seconds"] == 4.5
    assert simulate["largest_job"] == "digits.vgg16.dbb.sa"
    assert table.loc["imagenet_trace", "memory_mb"] == 1900
    assert pd.isna(table.loc["claims_table", "memory_mb"])


def test_no_benchmark_or_another_file_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="run `make results` first"):
        measured([tmp_path])
    other = tmp_path / "tables" / "other.tsv"
    other.parent.mkdir()
    other.write_text("a\tb\n1\t2\n")
    with pytest.raises(UserError, match=r"other\.tsv is no Snakemake benchmark"):
        measured([tmp_path])


def test_a_rule_that_was_not_run_keeps_its_earlier_measurement() -> None:
    now = pd.DataFrame({"rule": ["trace"], "memory_mb": [3.0]})
    earlier = pd.DataFrame({"rule": ["train_detector", "trace"], "memory_mb": [1.0, 2.0]})
    table = renewed(now, earlier)
    assert dict(zip(table["rule"], table["memory_mb"], strict=True)) == {
        "trace": 3.0,
        "train_detector": 1.0,
    }
