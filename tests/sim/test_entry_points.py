import sys
import zipfile
from pathlib import Path

import pytest

from sim.entry_points import may_exist

GROUP = "sparsebench.accelerators"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which packages are looked for."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "nowhere")])
    monkeypatch.setattr(sys, "meta_path", [])
    return tmp_path


@pytest.mark.parametrize("folder", ["a-1.dist-info", "a.egg-info", "A-1.DIST-INFO"])
def test_a_package_that_names_the_group_is_seen(place: Path, folder: str) -> None:
    (place / folder).mkdir()
    assert not may_exist(GROUP)
    (place / folder / "entry_points.txt").write_text("[console_scripts]\na = b:c\n")
    assert not may_exist(GROUP)
    (place / folder / "entry_points.txt").write_text(f"[ {GROUP} ]\na = b\n")
    assert may_exist(GROUP)


def test_what_cannot_be_told_is_left_to_the_library(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "old.egg-info").write_text("a file, which holds no entry points")
    assert not may_exist(GROUP)
    with zipfile.ZipFile(place / "packages.zip", "w") as archive:
        archive.writestr("a-1.dist-info/entry_points.txt", f"[{GROUP}]\na = b\n")
    monkeypatch.setattr(sys, "path", [str(place / "packages.zip")])
    assert may_exist(GROUP)
    monkeypatch.setattr(sys, "path", [str(place / "a-1-py3.egg")])
    assert may_exist(GROUP)

    class Finder:
        def find_distributions(self) -> None: ...

    monkeypatch.setattr(sys, "path", [str(place)])
    monkeypatch.setattr(sys, "meta_path", [Finder()])
    assert may_exist(GROUP)
