"""Rows as text for a terminal, or as JSON for another program."""

import json
import math
from collections.abc import Mapping, Sequence

Row = Mapping[str, str | int | float]
SMALLEST_PLAIN = 1e-3
"""Of which four places still show two digits."""


def printable(text: str) -> str:
    """A text on one line that steers no terminal: other signs are written as escapes."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def digits(value: str | int | float) -> str:
    """A value with the digits that a reader wants: three significant ones; "-" for no number.

    Below a thousandth it has an exponent, so that what is small does not read as nothing.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, int) or not math.isfinite(value):
        return f"{value:,}" if isinstance(value, int) else str(value).replace("nan", "-")
    if value == 0:
        return "0"
    if abs(value) < SMALLEST_PLAIN:
        return f"{value:.2e}"
    places = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(places, 4)}f}"


def text_table(rows: Sequence[Row], headings: Mapping[str, str]) -> str:
    """Aligned columns under headings: text to the left, numbers to the right.

    Args:
        rows: each with every key of `headings`.
        headings: what stands above a column, by key, in the order of columns.
    """
    columns = [
        [heading, *(printable(digits(row[key])) for row in rows)]
        for key, heading in headings.items()
    ]
    widths = [max(map(len, column)) for column in columns]
    left = [any(isinstance(row[key], str) for row in rows) for key in headings]
    lines = [
        "  ".join(
            text.ljust(width) if text_column else text.rjust(width)
            for text, width, text_column in zip(line, widths, left, strict=True)
        ).rstrip()
        for line in zip(*columns, strict=True)
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def json_rows(rows: Sequence[Row]) -> str:
    """The rows as a JSON list; an infinite bound becomes null, which JSON has."""
    finite = [
        {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in row.items()
        }
        for row in rows
    ]
    return json.dumps(finite, indent=1)
