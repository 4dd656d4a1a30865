import json
from pathlib import Path
from typing import Any

import pytest

from sim import UserError
from workflow.studies.pretrained.pretrained_table import judgements


def entry(
    repair: str, numbers: str, same: int, right: int = 4, labelled: int = 5
) -> dict[str, Any]:
    return {
        "repair": repair,
        "numbers": numbers,
        "agreement": {"images": 40, "same": same, "kl_divergence_nats": 0.5},
        "pictures": 5,
        "labelled": labelled,
        "right": right,
    }


def metrics(path: Path, scheme: str, *entries: dict[str, Any]) -> Path:
    run = {"suite": "pretrained", "network": "net", "scheme": scheme}
    path.write_text(json.dumps(run | {"judgements": list(entries)}))
    return path


def test_shares_are_of_the_int8_dense_network(tmp_path: Path) -> None:
    table = judgements(
        [
            metrics(tmp_path / "a", "dbb", entry("none", "float", 2), entry("none", "int8", 27)),
            metrics(tmp_path / "b", "dense", entry("none", "float", 40), entry("none", "int8", 36)),
        ]
    )
    assert list(table["agreement_percent"]) == [5, 67.5, 100, 90]
    assert list(table["share_of_int8_dense"]) == pytest.approx([2 / 36, 0.75, 40 / 36, 1])
    assert (table["agreement_low_percent"] <= table["agreement_percent"]).all()
    assert (table["agreement_high_percent"] >= table["agreement_percent"]).all()


def test_the_interval_is_that_of_as_many_draws_as_pictures(tmp_path: Path) -> None:
    table = judgements([metrics(tmp_path / "a", "dense", entry("none", "int8", 20))])
    low, high = table.loc[0, ["agreement_low_percent", "agreement_high_percent"]]
    assert (low, high) == pytest.approx((17.0, 83.0), abs=0.1)  # Wilson, 2.5 of 5


def test_without_labels_there_is_no_top1(tmp_path: Path) -> None:
    table = judgements([metrics(tmp_path / "a", "dense", entry("none", "int8", 20, 0, 0))])
    assert table["labelled_pictures"].tolist() == [0]
    assert table["top1_percent"].isna().all()


def test_metrics_without_judgements(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="lacks judgements"):
        judgements([metrics(tmp_path / "a", "dense")])
