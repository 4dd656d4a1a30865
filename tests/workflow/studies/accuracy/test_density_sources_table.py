import sys
from pathlib import Path

import pandas as pd
import pytest

from workflow.cli import run
from workflow.steps.imagenet_trace import COLUMNS
from workflow.studies.accuracy.density_sources_table import main


def test_rows_of_all_traces_in_the_order_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    row = ("imagenet", "vgg16", "dbb", "features.0", "weight", None, "scheme", "scheme dbb", 1.0)
    other = ("imagenet", "alexnet", "magnitude", "fc", "weight", 0.4, "rule", "a rule", 0.4)
    for name, content in (("a", row), ("b", other)):
        pd.DataFrame([content], columns=list(COLUMNS)).to_csv(tmp_path / name, index=False)
    paths = [str(tmp_path / name) for name in ("a", "b", "out.csv")]
    monkeypatch.setattr(sys, "argv", ["density_sources", *paths[:2], "--output", paths[2]])
    run(main)
    table = pd.read_csv(paths[2])
    assert list(table.columns) == list(COLUMNS)
    assert table["network"].tolist() == ["vgg16", "alexnet"]
    assert table["target_density"].isna().tolist() == [True, False]
