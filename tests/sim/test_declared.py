from pathlib import Path

import pytest

from sim import declared
from sim.declared import data_file, data_files, modules_by_name


def test_a_declared_file_lies_in_the_checkout() -> None:
    assert data_file("sim/technology/nodes.yaml").is_file()
    assert data_file("sim/declared.py") == Path(declared.__file__)


def test_globs_are_sorted_and_keep_their_order(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("b.yaml", "a.yaml", "c.csv"):
        (tmp_path / name).touch()
    monkeypatch.setattr(declared, "ROOT", tmp_path)
    assert [path.name for path in data_files("*.csv", "*.yaml")] == ["c.csv", "a.yaml", "b.yaml"]
    assert data_files("*.json") == []


def test_modules_are_what_was_named() -> None:
    assert modules_by_name("sim.accelerators.*.model") == ("sim.accelerators.*.model",)
