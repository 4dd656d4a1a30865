"""How a column of a table is shown: its words, its unit, and how many digits its values get."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

UNITS = {
    "_percent": "%",
    "_points": "percentage points",
    "_cycles": "cycles",
    "_bytes": "B",
    "_pj": "pJ",
    "_pj_s": "pJ s",
    "_nm": "nm",
    "_mm2": "mm²",
    "_mw": "mW",
    "_mj": "mJ",
    "_mib": "MiB",
    "_share": "share",
    "speedup": "x",
    "reduction": "x",
    "bound": "x",
    "headroom": "x",
    "images_per_second": "images/s",
    "gops": "GOP/s",
    "tops": "TOPS",
    "tops_per_w": "TOPS/W",
    "tops_per_mm2": "TOPS/mm²",
}
"""Unit by the end of a column's name, `_per_image` and the like taken off; longest ending first."""
PER = re.compile(r"_per_(image|s|cycle)(?=_|$)")
COUNTED = ("cycles", "macs", "blocks", "bytes", "pj")
"""Words of columns whose values may be millions: these are scaled."""
SCALES = (
    (1e9, "GB", "mJ", "billion "),
    (1e6, "MB", "µJ", "million "),
    (1e3, "kB", "nJ", "thousand "),
)
"""Per power of a thousand: bytes and picojoules by it, and the word for what is counted."""
SENTENCE = 60
"""Characters above which a text is a sentence and no name."""
DIGITS = 4
"""Significant digits that are shown; the download has all."""


@dataclass(frozen=True)
class Column:
    """A column as a reader sees it.

    Attributes:
        name: in the CSV file.
        words: its name in words, without unit.
        unit: of what is shown, e.g. "MB" or "million cycles"; empty for words and plain numbers.
        scale: what a value is divided by before it is shown.
        numeric: whether all of its values are numbers.
        long: whether it holds sentences, which need a wide column.
    """

    name: str
    words: str
    unit: str
    scale: float
    numeric: bool
    long: bool

    def shown(self, value: str) -> str:
        """A cell as it is shown."""
        if not value or not self.numeric:
            return value
        return digits(float(value) / self.scale)

    @property
    def heading(self) -> str:
        """Words and unit, e.g. "DRAM bytes per image (MB)"."""
        return f"{self.words} ({self.unit})" if self.unit else self.words


def digits(value: float) -> str:
    """A number with at most four significant digits, thousands set apart by a thin space."""
    if value == int(value) and abs(value) < 1e6:
        return f"{int(value):,}".replace(",", "\u202f")
    if abs(value) >= 10 ** (DIGITS - 1):
        return f"{value:,.0f}".replace(",", "\u202f")
    if 0 < abs(value) < 1e-3:
        return f"{value:.2e}"
    places = DIGITS - 1 - max(0, len(str(int(abs(value)))) - 1)
    return f"{value:.{places}f}".rstrip("0").rstrip(".")


def column(name: str, values: Sequence[str]) -> Column:
    """How a column is shown, from its name and all of its values.

    Large counts are scaled by the power of a thousand that leaves the middle value above one.
    """
    filled = [value for value in values if value]
    numeric = bool(filled) and all(map(_is_number, filled))
    unit = _unit(name)
    scale = 1.0
    if numeric and any(word in COUNTED for word in name.split("_")):
        middle = sorted(abs(float(value)) for value in filled)[len(filled) // 2]
        scale, unit = _scaled(middle, unit)
    long = not numeric and max(map(len, filled), default=0) > SENTENCE
    return Column(name, _words(name, unit), unit if numeric else "", scale, numeric, long)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _unit(name: str) -> str:
    bare = PER.sub("", name)
    for ending in sorted(UNITS, key=len, reverse=True):
        if bare.endswith(ending) or (ending == "speedup" and "speedup" in bare):
            return UNITS[ending]
    return ""


def _scaled(middle: float, unit: str) -> tuple[float, str]:
    for size, volume, energy, word in SCALES:
        if middle >= size:
            return size, {"B": volume, "pJ": energy}.get(unit, f"{word}{unit}".strip())
    return 1.0, unit


def _words(name: str, unit: str) -> str:
    words = name
    for ending in ("_percent", "_points", "_nm", "_mm2", "_mw", "_pj"):
        if unit and words.endswith(ending):
            words = words.removesuffix(ending)
    words = words.replace("_pj_per", "_per").replace("_", " ")
    return re.sub(
        r"\b(dram|sram|macs|mac|dsp|lut|int8|uram|bram18|fc|hbm2|hbm3|lpddr4|ddr3)\b",
        lambda match: match[0].upper().replace("MACS", "MACs").replace("LUT", "LUTs"),
        words,
    )
