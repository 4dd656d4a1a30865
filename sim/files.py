"""Files that are whole or absent, and readers that notice when one was damaged afterwards.

A file gets its name only when it is complete. Beside it lies its seal, `.<name>.sha256`: readers
compare, so that a file that was cut short or changed later is refused, not used. A file without a
seal, from elsewhere or copied alone, is taken as it is.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import UserError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary name beside `path` that is renamed to it on success and removed on failure.

    What an earlier, killed writer of the same file left under its temporary name is removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(path)
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    temporary_seal = path.with_name(f".{os.getpid()}.{path.name}.sha256")
    try:
        yield temporary
        temporary_seal.write_text(sha256(temporary) + "\n")
        _seal(path).unlink(missing_ok=True)  # a file without a seal is better than with a wrong one
        temporary.replace(path)
        temporary_seal.replace(_seal(path))
    finally:
        temporary.unlink(missing_ok=True)
        temporary_seal.unlink(missing_ok=True)


def intact(path: Path) -> Path:
    """The path itself, unless the file is not what was written under this name.

    Raises:
        UserError: the file and its seal disagree.
    """
    seal = _seal(path)
    if path.is_file() and seal.is_file() and seal.read_bytes().strip() != sha256(path).encode():
        raise UserError(
            f"{path}: not what was written here (its checksum differs): cut short, damaged or "
            f"edited; delete it and run again, or delete {seal.name} beside it to use it as it is"
        )
    return path


def _seal(path: Path) -> Path:
    return path.with_name(f".{path.name}.sha256")


def sha256(path: Path) -> str:
    """Digest of a file's content, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove_leftovers(path: Path) -> None:
    leftover = re.compile(rf"\.\d+\.{re.escape(path.name)}(\.sha256)?")
    for entry in path.parent.iterdir():
        if leftover.fullmatch(entry.name):
            entry.unlink(missing_ok=True)
