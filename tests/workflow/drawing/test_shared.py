"""The common look: seaborn's, without the time that importing seaborn takes."""

import subprocess
import sys

import pytest
import seaborn as sns

from workflow.drawing.shared import PALETTE, WHITE_GRID


def test_palette_and_style_are_seaborns() -> None:
    assert list(sns.color_palette("colorblind")) == PALETTE
    context = sns.plotting_context("paper", font_scale=1.0)
    expected = {**sns.axes_style("whitegrid"), **context}
    shared = expected.keys() & WHITE_GRID.keys() - {"font.sans-serif"}
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
