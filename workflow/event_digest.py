"""The digest that an event table carries in itself, so that one without a seal shows a change too.

The last column holds the same digest in every row, of all rows without this column: a row that was
dropped or a count that was changed no longer fits. A table without the column is taken as it is.
"""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path

from sim.errors import UserError

DIGEST = "digest"
"""Name of the column."""
DIGITS = 16
"""Of SHA-256 in hex; against accidents, not against forgers."""


def with_digest(rows: Iterable[Sequence[object]]) -> list[Sequence[object]]:
    """Rows of a table, the header first, with the column."""
    header, *others = rows
    digest = _digest([header, *others])
    return [[*header, DIGEST], *([*row, digest] for row in others)]


def check_digest(path: Path) -> None:
    """Refuse a table whose rows are not those that its digest was made of.

    Raises:
        UserError: names the file.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except (csv.Error, ValueError) as error:
        raise UserError(f"{path}: not a table of events ({error}); delete and remake") from error
    if not rows or rows[0][-1:] != [DIGEST]:
        return
    if {row[-1] for row in rows[1:] if row} != {_digest([row[:-1] for row in rows if row])}:
        raise UserError(
            f"{path}: not the rows that were written here (its column {DIGEST} differs): some were "
            "dropped or changed; delete the file and make it again, or take that column out to use "
            "it as it is"
        )


def _digest(rows: Iterable[Sequence[object]]) -> str:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return hashlib.sha256(text.getvalue().encode()).hexdigest()[:DIGITS]
