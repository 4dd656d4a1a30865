import json
import runpy
import sys
from pathlib import Path

import pandas as pd
import pytest


def test_all_sources_stand_beside_each_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    small = json.dumps({"width": 0.25, "input_height": 96, "input_width": 96, "images": 1})
    output = tmp_path / "mask_structure.csv"
    arguments = ["mask_structure", "resnet18", "--settings", small, "--output", str(output)]
    monkeypatch.setattr(sys, "argv", arguments)
    runpy.run_module("workflow.studies.accuracy.mask_structure_table", run_name="__main__")
    table = pd.read_csv(output)
    rows = table[table["network"] == "resnet18"]
    sizes = rows.groupby("source").size()
    assert set(sizes.index) == {"photographs", "iid", "channel", "spatial"}
    assert len(set(sizes)) == 1
    by_density = rows.pivot_table(index="layer", columns="source", values="activation_density")
    assert (by_density.max(axis=1) - by_density.min(axis=1)).max() < 0.01
    medians = rows.groupby("source")["neighbour_agreement_share"].median()
    assert medians["iid"] < medians["channel"] < medians["spatial"]
    measured = table[table["source"] == "measured"]
    assert len(measured) == 8
    assert set(measured["activation_source"]) == {"measured"}
