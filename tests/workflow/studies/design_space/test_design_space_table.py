"""The step that runs points and the table that reads them, on a trace made up here."""

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim import NetworkTrace, UserError, accelerator, simulate, write_trace
from workflow.plan.sweeps import PointFolder
from workflow.steps import simulate as step
from workflow.studies.design_space import design_space_table as design_space

POINTS = [{"rows": 2, "columns": 4}, {"rows": 2, "columns": 8}, {"rows": 16, "columns": 4}]


def call(monkeypatch: pytest.MonkeyPatch, module: Any, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["step", *map(str, arguments)])
    module.main()


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, toy: NetworkTrace) -> pd.DataFrame:
    """Two sweeps: three points in two chunks under seed 5, and one point of another parameter."""
    write_trace(tmp_path / "trace", toy)
    folders = [
        PointFolder("array", "array", 5, 2),
        PointFolder("flow", "flow", 0, 1),
    ]
    chunks = [POINTS[:2], POINTS[2:], [{"dataflow": "ws"}]]
    for path, chunk in zip(
        [p for f in folders for p in f.files(str(tmp_path), "csv")], chunks, strict=True
    ):
        call(
            monkeypatch,
            step,
            "--trace",
            tmp_path / "trace",
            "--accelerator",
            "sa",
            "--points",
            json.dumps(chunk),
            "--output",
            path,
        )
    plan = json.dumps([vars(folder) for folder in folders])
    output = tmp_path / "design_space.csv"
    folders_given = ["--points", tmp_path, "--plan", plan]
    call(monkeypatch, design_space, *folders_given, "--nodes", 45, "--output", output)
    return pd.read_csv(output)


def test_a_row_per_point_with_the_cycles_of_the_model(
    table: pd.DataFrame, toy: NetworkTrace
) -> None:
    rows = table[table["layers"] == "all"]
    assert list(rows["sweep"]) == ["array"] * 3 + ["flow"]
    assert list(rows["seed"]) == [5, 5, 5, 0]
    swept = rows[["parameter_rows", "parameter_columns"]].dropna().astype(int)
    assert swept.to_numpy().tolist() == [list(point.values()) for point in POINTS]
    assert list(rows["parameter_dataflow"].dropna()) == ["ws"]
    for row, point in zip(rows.itertuples(), [*POINTS, {"dataflow": "ws"}], strict=True):
        array = accelerator("sa", **point)
        cycles = sum(simulate(layer, array).cycles for layer in toy.traces)
        assert row.cycles_per_image == cycles / 2  # two images
        assert row.multipliers == array.multipliers


@pytest.mark.parametrize("text", ["rows=2", '{"rows": 2}', "[]", "[3]"])
def test_points_that_are_not_points_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    with pytest.raises(UserError, match="--points is"):
        call(
            monkeypatch,
            step,
            "--trace",
            tmp_path / "none",
            "--accelerator",
            "sa",
            "--points",
            text,
            "--output",
            tmp_path / "out.csv",
        )
    assert list(tmp_path.iterdir()) == []
