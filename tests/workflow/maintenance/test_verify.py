"""Checking the archive of a run."""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

from sim import UserError
from workflow.maintenance.release import CONFIGURATION, release
from workflow.maintenance.verify import METADATA, Release, differences, main, unpacked, verified

TABLE = "network,cycles\nlenet5,{}\n"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    tables = tmp_path / "results" / "tables"
    tables.mkdir(parents=True)
    (tables / "claims.csv").write_text(TABLE.format(100))
    (tables / "energy.csv").write_text(TABLE.format(7))
    config = tmp_path / "config.yaml"
    config.write_text("seed: 0\n")
    release(tmp_path / "results", [config], tmp_path / "release.zip")
    return tmp_path / "release.zip"


def remade(folder: Path, **cycles: int):
    """Stands in for a run: writes these tables, and notes what it was asked for."""

    def remake(configuration: Path, names: Sequence[str]) -> Path:
        assert yaml.safe_load(configuration.read_text()) == {"seed": 0}
        folder.mkdir()
        for name in names:
            (folder / f"{name}.csv").write_text(TABLE.format(cycles[name]))
        return folder

    return remake


def test_tables_made_again_are_compared_cell_by_cell(archive: Path, tmp_path: Path) -> None:
    whole = unpacked(archive, tmp_path / "unpacked")
    assert whole.tables == ["claims", "energy"]
    same = verified(whole, ["claims"], remade(tmp_path / "same", claims=100))
    assert same == {"claims": []}
    other = verified(whole, whole.tables, remade(tmp_path / "other", claims=100, energy=80))
    assert other == {"claims": [], "energy": ["cycles [lenet5]: 7 -> 80"]}
    with pytest.raises(UserError, match=r"unknown table of the release 'claim' \(did you mean"):
        verified(whole, ["claim"], remade(tmp_path / "none"))


def rewritten(archive: Path, changes: dict[str, str | None]) -> None:
    with ZipFile(archive) as content:
        files = {name: content.read(name) for name in content.namelist()}
    with ZipFile(archive, "w") as content:
        for name, data in {**files, **changes}.items():
            if data is not None:
                content.writestr(name, data)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tables/claims.csv": TABLE.format(101)}, "tables/claims.csv is not what the release"),
        ({"tables/claims.csv": None}, "tables/claims.csv is missing"),
        ({"tables/more.csv": "a\n1\n"}, "tables/more.csv is not what the release"),
        ({"ro-crate-metadata.json": None}, "not a release of this project"),
        ({"ro-crate-metadata.json": "[]"}, "not a release of this project"),
        ({CONFIGURATION: "seed: 1\n"}, "configuration.yaml is not what the release"),
    ],
)
def test_what_was_changed_is_named(
    archive: Path, tmp_path: Path, changes: dict[str, str | None], message: str
) -> None:
    rewritten(archive, changes)
    with pytest.raises(UserError, match=message):
        unpacked(archive, tmp_path / "unpacked")


def test_an_archive_without_a_table_is_no_release(archive: Path, tmp_path: Path) -> None:
    with ZipFile(archive) as content:
        graph = json.loads(content.read(METADATA))["@graph"]
        tables: list[str] = [name for name in content.namelist() if name.startswith("tables/")]
    left = json.dumps({"@graph": [item for item in graph if item["@id"] not in tables]})
    rewritten(archive, {METADATA: left, **dict.fromkeys(tables)})
    with pytest.raises(UserError, match=r"not a release of this project \(no table"):
        unpacked(archive, tmp_path / "unpacked")


def test_another_file_is_no_release(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 no archive")
    for path in (tmp_path / "a.zip", tmp_path / "none.zip"):
        with pytest.raises(UserError, match="not a release of this project"):
            unpacked(path, tmp_path / "unpacked")


def test_what_is_another_here_is_said() -> None:
    there = {"commit": "a", "python": "3.11.7", "requirements_lock_sha256": "c", "machine": "d"}
    here = there | {"python": "3.12.0"}
    assert differences(Release(Path(), there).made_by, here) == [
        "python: 3.11.7 there, 3.12.0 here"
    ]
    dirty = there | {"uncommitted_files": [" M sim/layer.py"]}
    assert differences(dirty, there) == [
        "a file was changed there since that commit:  M sim/layer.py"
    ]


def test_a_damaged_archive_is_one_line(archive: Path, tmp_path: Path) -> None:
    content = archive.read_bytes()
    for place in range(0, len(content), 97):
        damaged = bytearray(content)
        damaged[place] ^= 0x55
        archive.write_bytes(damaged)
        # a flipped time or attribute says nothing of a file's content: that may pass
        with suppress(UserError):
            unpacked(archive, tmp_path / f"unpacked_{place}")


def test_names_that_an_address_would_escape_are_files_like_others(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "größe 100%25.csv").write_text(TABLE.format(1))
    (tmp_path / "config.yaml").write_text("seed: 0\n")
    release(tmp_path, [tmp_path / "config.yaml"], tmp_path / "release.zip")
    assert unpacked(tmp_path / "release.zip", tmp_path / "out").tables == ["größe 100%25"]


def test_a_number_of_cores_that_cannot_be_is_refused_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.argv", ["verify", str(tmp_path / "none.zip"), "--cores", "0"])
    with pytest.raises(UserError, match="--cores is 0; expected a whole number >= 1"):
        main()
