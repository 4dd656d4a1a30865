"""What every figure keeps to on a page, drawn from committed tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.declared import ROOT
from workflow.drawing.shared import PAGE_INCHES, SMALL_TYPE_POINTS, apply_style
from workflow.plan.plan import Plan
from workflow.plan.products import Figure as Product
from workflow.plan.products import products

REFERENCE = ROOT / "results" / "reference"
CONFIG = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
PRODUCTS = {figure.name: figure for figure in products(Plan(CONFIG, ROOT)).figures}
CASES = [(name, "tables") for name in PRODUCTS] + [("hass_search", "full/tables")]
"""Figures with the folder of the tables: those of the default run, and what is kept of the full."""
MOST_SERIES = 7
PROGRAM = "SCNN_simulation"
"""Somebody's program, which is called so."""
LEADING_PIXELS = 2.0
"""Of a line of type, above and below its letters together: boxes may have that much in common."""

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Drawn:
    """A figure, and the texts that reach the page: no ticks outside an axis, nothing hidden."""

    figure: Figure
    texts: list[Text]


def _drawn(product: Product, folder: Path, patch: pytest.MonkeyPatch) -> Drawn:
    tables = [
        pd.read_csv(
            folder / f"{name}.csv", keep_default_na=False, na_values=[""], dtype={"layer": str}
        )
        for name in product.tables
    ]
    apply_style()
    figure: Figure = import_module(product.module).draw(*tables)
    texts: dict[int, Text] = {}
    draw = Text.draw

    def recorded(text: Text, *arguments: Any, **options: Any) -> None:
        if text.get_visible() and text.get_text().strip():
            texts[id(text)] = text
        draw(text, *arguments, **options)

    patch.setattr(Text, "draw", recorded)
    figure.draw_without_rendering()
    return Drawn(figure, list(texts.values()))


@pytest.fixture(scope="module", params=CASES, ids="-".join)
def drawn(request: pytest.FixtureRequest) -> Iterator[Drawn]:
    with pytest.MonkeyPatch.context() as patch:
        name, folder = request.param
        yield _drawn(PRODUCTS[name], REFERENCE / folder, patch)


def _letters(text: Text) -> Bbox:
    extent = Text.get_window_extent(text)  # an annotation's own would hold its line as well
    return extent.padded(0, -LEADING_PIXELS / 2)


def test_type_is_large_enough_and_the_figure_as_wide_as_a_page(drawn: Drawn) -> None:
    assert drawn.texts
    assert min(text.get_fontsize() for text in drawn.texts) >= SMALL_TYPE_POINTS
    box = drawn.figure.get_tightbbox()
    assert box.x1 - box.x0 <= PAGE_INCHES + 0.01


def test_no_text_lies_on_another(drawn: Drawn) -> None:
    """Slanted names of networks are left out: the boxes around them say nothing."""
    straight = [text for text in drawn.texts if text.get_rotation() in (0, 90)]
    boxes = [(text.get_text(), _letters(text)) for text in straight]
    hidden = [
        (first, second)
        for (first, left), (second, right) in combinations(boxes, 2)
        if left.overlaps(right)
    ]
    assert hidden == []


def test_no_identifier_is_written(drawn: Drawn) -> None:
    written = [text.get_text().replace(PROGRAM, "") for text in drawn.texts]
    assert [text for text in written if "_" in text and "$" not in text] == []


def test_no_panel_has_more_series_than_can_be_told_apart(drawn: Drawn) -> None:
    for panel in drawn.figure.axes:
        labels = set(panel.get_legend_handles_labels()[1])
        assert len(labels) <= MOST_SERIES, sorted(labels)


def test_what_stands_in_the_legend_is_drawn_and_stands_there_once(drawn: Drawn) -> None:
    series = {
        label for panel in drawn.figure.axes for label in panel.get_legend_handles_labels()[1]
    }
    for legend in drawn.figure.legends:
        labels = [text.get_text() for text in legend.get_texts()]
        assert len(labels) == len(set(labels))
        if series:  # where nothing in the panels is labelled, the legend was made by hand
            assert set(labels) <= series
