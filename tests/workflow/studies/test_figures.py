"""What every figure keeps to on a page, drawn from committed tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from snakemake.utils import update_config

from sim.declared import ROOT
from workflow.drawing.shared import PAGE_INCHES, SMALL_TYPE_POINTS, apply_style
from workflow.plan.plan import Plan
from workflow.plan.products import Figure as Product
from workflow.plan.products import modules, products

REFERENCE = ROOT / "results" / "reference"


def _planned() -> dict[str, Product]:
    """The figures that the full configuration draws from tables, by name."""
    config: dict[str, Any] = {}
    for name in ("config.yaml", "full.yaml"):
        update_config(config, yaml.safe_load((ROOT / "config" / name).read_text()))
    figures = products(Plan(config, ROOT)).figures
    # Where networks were fetched there are these as well, each drawn from the table of its name.
    fetched = [
        Product(name, module, [name])
        for name, module in modules(Product).items()
        if name.startswith("pretrained_")
    ]
    return {figure.name: figure for figure in [*figures, *fetched] if figure.tables}


PRODUCTS = _planned()
CASES = [
    (name, folder)
    for folder in ("tables", "full/tables")
    for name, figure in PRODUCTS.items()
    if all((REFERENCE / folder / f"{table}.csv").exists() for table in figure.tables)
]
"""Figures with the folder of the tables: those of the default run and of the full one."""
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


def _tables(product: Product, folder: Path) -> list[pd.DataFrame]:
    return [
        pd.read_csv(
            folder / f"{name}.csv", keep_default_na=False, na_values=[""], dtype={"layer": str}
        )
        for name in product.tables
    ]


def _drawn(product: Product, folder: Path, patch: pytest.MonkeyPatch) -> Drawn:
    tables = _tables(product, folder)
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


@pytest.mark.parametrize("name", [name for name, folder in CASES if folder == "tables"])
def test_suites_may_have_other_names(name: str) -> None:
    """As Fashion-MNIST has, and files of a user's; a suite that means something keeps its own."""
    product = PRODUCTS[name]
    tables = [
        table.assign(suite=table["suite"].replace(["digits", "shapes"], ["some", "others"]))
        if "suite" in table
        else table
        for table in _tables(product, REFERENCE / "tables")
    ]
    trained = [  # every claim has a row, whatever was run
        table[table["suite"] != "imagenet"] if "suite" in table and of != "claims" else table
        for of, table in zip(product.tables, tables, strict=True)
    ]
    for version in (tables, trained):
        if all(map(len, version)):
            assert import_module(product.module).draw(*version).axes


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


def test_every_line_of_panels_has_names_and_every_column_numbers(drawn: Drawn) -> None:
    """What shares an axis shows its ticks once, but never beside or above an empty place."""
    for group in _shared(drawn.figure, "y"):
        for row in {place.rowspan.start for place in group}:
            line = [panel for place, panel in group.items() if place.rowspan.start == row]
            assert any(_ticks(panel.yaxis.get_ticklabels()) for panel in line)
    for group in _shared(drawn.figure, "x"):
        for column in {place.colspan.start for place in group}:
            line = [panel for place, panel in group.items() if place.colspan.start == column]
            assert any(_ticks(panel.xaxis.get_ticklabels()) for panel in line)


def _shared(figure: Figure, axis: str) -> list[dict[SubplotSpec, Axes]]:
    """Panels that are drawn, by their place, in groups that share an axis."""
    groups: dict[frozenset[int], dict[SubplotSpec, Axes]] = {}
    for panel in figure.axes:
        siblings = (panel.get_shared_x_axes if axis == "x" else panel.get_shared_y_axes)()
        key = frozenset(map(id, siblings.get_siblings(panel)))
        place = panel.get_subplotspec()
        if panel.axison and place is not None:
            groups.setdefault(key, {})[place] = panel
    return [group for group in groups.values() if len(group) > 1]


def _ticks(labels: Iterable[Text]) -> bool:
    return any(label.get_visible() and label.get_text() for label in labels)


def test_no_two_marks_of_a_legend_look_the_same(drawn: Drawn) -> None:
    for panel in drawn.figure.axes:
        handles, labels = panel.get_legend_handles_labels()
        looks = {label: _look(handle) for handle, label in zip(handles, labels, strict=True)}
        marks = [look for look in looks.values() if look is not None]
        assert len(marks) == len(set(marks)), sorted(looks)


def _look(handle: Artist) -> tuple[str, ...] | None:
    if not isinstance(handle, Line2D):
        return None
    parts = (handle.get_color(), handle.get_markerfacecolor())
    shown = [str(handle.get_marker()), str(handle.get_linestyle())]
    return tuple(shown + [to_hex(part, keep_alpha=True) for part in parts])


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
