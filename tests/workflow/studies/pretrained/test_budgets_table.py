import json
from pathlib import Path
from typing import Any

import pytest

from sim import UserError
from tests.workflow.studies.pretrained.test_pretrained_table import entry
from workflow.studies.pretrained.budgets_table import budgets
from workflow.tabling.columns import checked


def chosen_within(points: float, same: int) -> dict[str, Any]:
    return {
        "budget_points": points,
        "fitted_pictures": 10,
        "fitted_views": 40,
        "fitted_same": same,
        "before": {"zero_percent": 40.0, "macs_left_percent": 100.0},
        "after": {"zero_percent": 55.0, "macs_left_percent": 62.5},
        "judgement": entry("none", "float", 36),
        "setting": {"conv": 3},
    }


def test_a_row_says_what_is_zero_and_what_it_costs_on_both_halves(tmp_path: Path) -> None:
    path = tmp_path / "a"
    run = {"suite": "pretrained", "network": "net", "scheme": "activation_bounds"}
    path.write_text(json.dumps(run | {"points": [chosen_within(2.0, 39), chosen_within(10.0, 36)]}))
    table = checked(budgets([path]), "budgets")
    assert list(table["method"]) == ["activation_bounds"] * 2
    assert list(table["budget_points"]) == [2.0, 10.0]
    assert list(table["fitted_agreement_percent"]) == [97.5, 90]
    assert list(table["agreement_percent"]) == [90, 90]
    assert (table["agreement_low_percent"] < 90).all()
    assert list(table["zero_after_percent"] - table["zero_before_percent"]) == [15, 15]
    assert list(table["macs_left_after_percent"]) == [62.5, 62.5]
    assert set(table["top1_percent"]) == {80}


def test_a_job_without_points(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(json.dumps({"points": []}))
    with pytest.raises(UserError, match="lacks points"):
        budgets([tmp_path / "a"])
