"""The page of a comparison, read as a browser does: what it names, draws and lists."""

import re
from html.parser import HTMLParser

import pytest

from models.command.page import page
from sim import NetworkTrace
from sim.comparison import NetworkComparison, compare
from sim.styles import design_style
from tests.sim.trace_files import both_numbers

DESIGNS = ("sa", "sparten")


class Reader(HTMLParser):
    """What a page holds: texts, cells of each table, and the widths and colours of bars."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.bars: list[tuple[str, str, float]] = []
        self.bounds: list[float] = []
        self.open: list[str] = []
        self._tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag, given = tag, dict(attrs)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        kind, style = given.get("class") or "", given.get("style") or ""
        width = re.match(r"width:([\d.]+)%", style)
        if width is not None and kind == "bound":
            self.bounds.append(float(width[1]))
        elif width is not None:
            colour = re.search(r"border-color:(#\w+)", style)
            assert colour is not None
            self.bars.append((kind, colour[1], float(width[1])))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._tag != "style":
            self.texts.append(data.strip())
        if self._tag in ("td", "th"):
            self.tables[-1][-1].append(data)


def read(comparison: NetworkComparison) -> Reader:
    reader = Reader()
    reader.feed(page(comparison, "What speedup means."))
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def trace() -> NetworkTrace:
    return both_numbers()


def test_both_numbers_are_named_in_figure_and_tables(trace: NetworkTrace) -> None:
    both = compare(trace, DESIGNS, numbers="both")
    reader = read(both)
    totals, *layers = reader.tables
    assert [row[:2] for row in totals[1:]] == [[d, n] for d in DESIGNS for n in ("INT8", "real")]
    assert len(layers) == 2
    assert layers[0] != layers[1]
    titles = [text for text in reader.texts if text.startswith("Layer by layer")]
    assert [title.partition(" on ")[2] for title in titles] == [
        "zeros of INT8 numbers",
        "zeros of real numbers",
    ]
    (legend,) = (text for text in reader.texts if "hollow" in text)
    assert "Filled bars: zeros of INT8 numbers; hollow ones: of real numbers." in legend


def test_bars_are_as_long_as_speedups_and_of_the_designs_colours(trace: NetworkTrace) -> None:
    both = compare(trace, DESIGNS, numbers="both")
    reader = read(both)
    costs = [
        cost
        for name in DESIGNS
        for form in both.forms
        for cost in form.totals
        if (cost.accelerator == name)
    ]
    longest = max(max(cost.speedup, cost.bound) for cost in costs)
    assert [(kind, colour) for kind, colour, _ in reader.bars] == [
        (kind, design_style(name).colour) for name in DESIGNS for kind in ("bar", "bar hollow")
    ]
    lengths = [length for *_, length in reader.bars]
    assert lengths == pytest.approx([100 * c.speedup / longest for c in costs], abs=0.01)
    assert reader.bounds == pytest.approx([100 * c.bound / longest for c in costs], abs=0.01)
    numbers = [text for text in reader.texts if re.fullmatch(r"[\d.]+ (INT8|real)", text)]
    assert [float(text.split()[0]) for text in numbers] == pytest.approx(
        [cost.speedup for cost in costs], rel=0.01
    )


def test_one_kind_of_numbers_is_not_named_bar_by_bar(trace: NetworkTrace) -> None:
    reader = read(compare(trace, DESIGNS))
    assert [kind for kind, *_ in reader.bars] == ["bar", "bar"]
    assert not any("hollow" in text for text in reader.texts)
    assert len(reader.tables) == 2


def test_a_page_needs_nothing_else(trace: NetworkTrace) -> None:
    text = page(compare(trace, DESIGNS, numbers="both"), "")
    assert not re.search(r"https?:|<script|<link|src=|url\(", text)
