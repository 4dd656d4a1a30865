from pathlib import Path

import pytest

from sim import remembered
from sim.remembered import recalled


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr("sys.pycache_prefix", None)
    return tmp_path / "module.py"


def fresh(source: Path, digest: str, text: str) -> str:
    """What a process that starts now is told, where it would find the text."""
    remembered._lines.cache_clear()
    return recalled(source, "found", digest, lambda: text)


def kept(source: Path) -> Path:
    (path,) = source.parent.glob("__pycache__/module.*.found")
    return path


def test_what_was_found_is_told_under_its_digest_alone(source: Path) -> None:
    assert fresh(source, "a", "first one") == "first one"
    assert fresh(source, "a", "not asked") == "first one"
    assert fresh(source, "b", "") == ""
    assert fresh(source, "b", "not asked") == ""
    assert recalled(source, "other", "a", lambda: "of another kind") == "of another kind"


def test_what_is_refused_is_refused_again(source: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            recalled(source, "found", "a", lambda: str(1 / 0))
    assert fresh(source, "a", "now found") == "now found"


@pytest.mark.parametrize("cut", [1, 3, 20])
def test_a_line_that_was_cut_off_is_found_anew_and_the_others_stay(source: Path, cut: int) -> None:
    fresh(source, "a", "the first")
    fresh(source, "b", "the second")
    path = kept(source)
    path.write_bytes(path.read_bytes()[:-cut])
    assert fresh(source, "a", "not asked") == "the first"
    assert fresh(source, "b", "found anew") == "found anew"
    assert fresh(source, "b", "not asked") == "found anew"


def test_no_text_and_no_place_only_cost_time(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh(source, "a", "text")
    kept(source).write_bytes(b"\xff\xfe")
    assert fresh(source, "a", "anew") == "anew"
    assert fresh(source, "a", "not asked") == "anew"  # what is no text spoils no other line
    monkeypatch.setattr(remembered, "MOST_BYTES", 0)
    fresh(source, "b", "of a file that was begun anew")
    assert len(kept(source).read_text().split("\n")) == 2
    kept(source).unlink()
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert fresh(source, "c", "not written") == "not written"
    assert not list(source.parent.glob("__pycache__/*"))
