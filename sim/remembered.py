"""What one process found out and later ones need not: lines beside Python's compiled modules.

They are never an input: what does not stand there is found out anew, and what stands there is named
by a digest of the whole content that it follows from.
"""

import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path

MOST_BYTES = 16_000_000
"""Above any project's lines; a longer file is of years of changes, and begun anew."""


def recalled(source: Path, kind: str, digest: str, find: Callable[[], str]) -> str:
    """What was found out under a digest, by this process or an earlier one, or else is now.

    Args:
        source: the file beside whose compiled form lines stand: a module, or what one reads.
        kind: a word, the ending of the file of lines.
        digest: of all that the text follows from.
        find: finds it out; the text is ASCII, in one line. What it raises is not remembered.
    """
    place = Path(cache_from_source(str(source.with_suffix(".py")))).with_suffix(f".{kind}")
    known = _lines(place)
    if digest not in known:
        known[digest] = find()
        _add(place, f"{digest} {known[digest]}")
    return known[digest]


@cache
def _lines(place: Path) -> dict[str, str]:
    """The lines of a file by their digest; none where there are none yet."""
    try:
        lines = place.read_text(encoding="ascii", errors="replace").split("\n")
    except OSError:
        return {}
    known = {}
    for line in lines:
        check, _, content = line.partition(" ")
        digest, _, text = content.partition(" ")
        if check == _check(content):  # or else it was cut off or spoilt
            known[digest] = text
    return known


def _check(content: str) -> str:
    return f"{zlib.crc32(content.encode()):08x}"


def _add(place: Path, content: str) -> None:
    """Write a line, at once, so that those of processes side by side do not mix.

    Its end comes with the next one, which a line that was cut off then does not spoil.
    """
    if sys.dont_write_bytecode:
        return
    with suppress(OSError):  # a folder that cannot be written to
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists() and place.stat().st_size > MOST_BYTES:
            place.unlink()
        with place.open("ab", buffering=0) as file:
            file.write(f"\n{_check(content)} {content}".encode("ascii"))
