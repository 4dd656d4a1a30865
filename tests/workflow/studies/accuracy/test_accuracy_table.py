import json
from pathlib import Path

import pytest

from sim import UserError
from workflow.studies.accuracy.accuracy_table import COLUMNS, accuracy


def metrics(folder: Path, network: str, scheme: str, int8: float) -> Path:
    texts = {"suite": "digits", "network": network, "scheme": scheme}
    path = folder / f"{network}_{scheme}.json"
    path.write_text(json.dumps(dict.fromkeys(COLUMNS, 50) | texts | {"top1_int8_percent": int8}))
    return path


def test_the_drop_is_from_the_dense_network_of_the_same_name(tmp_path: Path) -> None:
    cases = [("a", "dense", 90.0), ("a", "dbb", 87.5), ("b", "dense", 60.0), ("b", "dbb", 61.0)]
    alone = [("c", "dbb", 50.0)]
    table = accuracy([metrics(tmp_path, *case) for case in cases + alone])
    drops = table.set_index(["network", "scheme"])["drop_from_dense_points"]
    assert drops["a"].to_dict() == {"dense": 0.0, "dbb": 2.5}
    assert drops["b"].to_dict() == {"dense": 0.0, "dbb": -1.0}
    assert drops["c"].isna().all()


def test_a_file_without_a_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(UserError, match=r"bad\.json: lacks suite, network"):
        accuracy([tmp_path / "bad.json"])
