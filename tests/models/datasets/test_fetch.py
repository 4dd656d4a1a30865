import gzip
import hashlib
import io
import sys
import tarfile
from pathlib import Path

import pytest

from models.datasets import fetch
from models.datasets.idx import NAMES
from sim import UserError


def package() -> bytes:
    """A Debian package with the four files, written by hand."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as archive:
        for name in NAMES:
            content = gzip.compress(name.encode(), mtime=0)
            entry = tarfile.TarInfo(f"{fetch.INSIDE}/{name}.gz")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    members = {"debian-binary": b"2.0\n", "odd": b"x", "data.tar.xz": packed.getvalue()}
    whole = b"!<arch>\n"
    for name, content in members.items():
        whole += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode()
        whole += content + b"\n" * (len(content) % 2)
    return whole


@pytest.fixture
def address(tmp_path: Path) -> str:
    (tmp_path / "package.deb").write_bytes(package())
    return (tmp_path / "package.deb").as_uri()


def test_the_four_files_come_out_of_the_package_once(tmp_path: Path, address: str) -> None:
    digest = hashlib.sha256(package()).hexdigest()
    fetch.fetch(tmp_path / "made", address, digest)
    made = {
        name: gzip.decompress((tmp_path / "made" / f"{name}.gz").read_bytes()) for name in NAMES
    }
    assert made == {name: name.encode() for name in NAMES}
    fetch.fetch(tmp_path / "made", "file:///nowhere", digest)  # nothing to fetch


def test_another_package_and_none_are_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(UserError, match=r"package\.deb: its SHA-256 is \w+, expected 39e172fe"):
        fetch.fetch(tmp_path / "made", address)
    with pytest.raises(UserError, match="cannot be fetched"):
        fetch.fetch(tmp_path / "made", (tmp_path / "absent").as_uri())
    assert not (tmp_path / "made").exists()


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"text")
    digest = hashlib.sha256(b"text").hexdigest()
    with pytest.raises(UserError, match=r"no member data\.tar"):
        fetch.fetch(tmp_path / "made", (tmp_path / "text").as_uri(), digest)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UserError("no package"), "error: no package\n"),
        (PermissionError(13, "Permission denied", "made"), "Permission denied: 'made'\n"),
    ],
)
def test_the_command_ends_in_one_line_and_exit_code_2(
    error: Exception,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def failing(folder: Path) -> None:
        raise error

    monkeypatch.setattr(fetch, "fetch", failing)
    monkeypatch.setattr(sys, "argv", ["fetch"])
    with pytest.raises(SystemExit) as stop:
        fetch.main()
    assert stop.value.code == 2
    assert capsys.readouterr().err.endswith(said)
