"""The common look: seaborn's, without the time that importing seaborn takes."""

import subprocess
import sys
from itertools import pairwise

import pytest
import seaborn as sns
from matplotlib.colors import to_rgb
from matplotlib.typing import ColorType

from workflow.drawing.loss_bars import COLORS
from workflow.drawing.shared import BAR_COLOURS, PALETTE, SMALL_TYPE_POINTS, WHITE_GRID


def test_palette_and_style_are_seaborns() -> None:
    assert list(sns.color_palette("colorblind")) == PALETTE
    context = sns.plotting_context("paper", font_scale=1.0)
    expected = {**sns.axes_style("whitegrid"), **context}
    type_sizes = {name for name in WHITE_GRID if "size" in name and "major" not in name}
    type_sizes -= {"lines.markersize", "xtick.minor.size", "ytick.minor.size"}
    shared = expected.keys() & WHITE_GRID.keys() - {"font.sans-serif"} - type_sizes
    assert len(shared) > 20
    assert {name: WHITE_GRID[name] for name in shared} == pytest.approx(
        {name: expected[name] for name in shared}
    )


def test_a_figure_without_bars_does_not_import_seaborn() -> None:
    code = "import sys, workflow.studies.footing.pareto_figure; print('seaborn' in sys.modules)"
    done = subprocess.run(  # noqa: S603  # our own command line
        [sys.executable, "-c", code], text=True, capture_output=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_no_type_of_the_style_is_below_eight_points() -> None:
    sizes = [WHITE_GRID[f"{axis}tick.labelsize"] for axis in "xy"]
    sizes += [WHITE_GRID[name] for name in ("font.size", "axes.titlesize", "legend.fontsize")]
    assert min(sizes) == SMALL_TYPE_POINTS == 8.0


@pytest.mark.parametrize("colours", [BAR_COLOURS, list(COLORS.values())], ids=["bars", "losses"])
def test_parts_of_bars_differ_in_grey(colours: list[ColorType]) -> None:
    """Their luma, of ITU-R BT.601, as printers and image programs take it."""
    red_green_blue = [to_rgb(colour) for colour in colours]
    luma = sorted(0.299 * r + 0.587 * g + 0.114 * b for r, g, b in red_green_blue)
    assert min(high - low for low, high in pairwise(luma)) > 0.12
