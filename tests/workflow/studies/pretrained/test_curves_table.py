import json
from pathlib import Path
from typing import Any

import pytest

from sim import UserError
from tests.workflow.studies.pretrained.test_pretrained_table import entry
from workflow.studies.pretrained.curves_table import curves


def judged(path: Path, scheme: str, *points: dict[str, Any]) -> Path:
    run = {"suite": "pretrained", "network": "net", "scheme": scheme}
    path.write_text(json.dumps(run | {"points": list(points)}))
    return path


def point(setting: str, density: float, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"setting": setting, "weight_density": density, "judgements": list(entries)}


def test_every_point_has_a_row_per_repair_beside_the_rounded_dense_network(tmp_path: Path) -> None:
    none = entry("none", "float", 0)
    table = curves(
        [
            judged(
                tmp_path / "dbb",
                "dbb",
                point("weight_bound=4", 0.6, none, entry("batch_norm", "float", 9)),
                point("weight_bound=6", 0.8, entry("none", "float", 18)),
            ),
            judged(tmp_path / "dense", "dense", point("", 1.0, entry("none", "int8", 36))),
        ]
    )
    assert list(table["setting"]) == ["weight_bound=4"] * 2 + ["weight_bound=6", ""]
    assert list(table["share_of_int8_dense"]) == pytest.approx([0, 0.25, 0.5, 1])
    assert list(table["weight_density"]) == [0.6, 0.6, 0.8, 1.0]


def test_a_curve_without_points(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="lacks points"):
        curves([judged(tmp_path / "a", "dbb")])
