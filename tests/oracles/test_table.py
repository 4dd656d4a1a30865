"""The trust table and its figure, from cases that are made up."""

import pandas as pd
import pytest

from workflow.studies.trust import trust_table
from workflow.studies.trust.comparison import Check, Comparison
from workflow.studies.trust.trust_figure import draw

CHECKS = (
    Check("a", "oracle", "cycles", "exact", lambda: [Comparison("one", 10, 10)]),
    Check(
        "b",
        "chip",
        "MB",
        "published",
        lambda: [Comparison("x", 8, 10), Comparison("y", 11, 10)],
        tolerance=0.2,
        circular="yes: drawn",
        definition="theirs",
    ),
)


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> tuple[pd.DataFrame, pd.DataFrame]:
    monkeypatch.setattr(trust_table, "CHECKS", CHECKS)
    cases = pd.concat([check.cases() for check in CHECKS], ignore_index=True)
    return cases, trust_table.trust(cases)


def test_errors_are_summed_up_without_their_sign(
    tables: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    rows = tables[1].set_index("model")
    assert rows.loc["a", ["cases", "largest_relative_error"]].tolist() == [1, 0]
    published = rows.loc["b"]
    assert published["cases"] == 2
    assert published["largest_relative_error"] == pytest.approx(0.2)
    assert published["mean_relative_error"] == pytest.approx(0.15)
    assert published["circular"] == "yes: drawn"
    assert rows.loc["a", "circular"] == "no"


def test_every_model_has_a_row_for_its_loops(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    loops = tables[1][tables[1]["kind"] == "loops"].set_index("model")
    assert loops.loc["scnn", "cases"] == 90
    assert (loops["largest_relative_error"] == 0).all()


def test_figure_has_a_row_per_check_under_its_oracle_but_none_for_loops(
    tables: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    (panel,) = draw(*tables).axes
    labels = [label.get_text() for label in panel.get_yticklabels()]
    assert labels == ["oracle", "a: cycles (1)", "chip", "b: MB (2)"]
    weights = [label.get_fontweight() for label in panel.get_yticklabels()]
    assert weights == ["bold", "normal", "bold", "normal"]
    exact, published = (dots.get_offsets().data for dots in panel.collections)
    assert exact[:, 0].tolist() == [0]
    assert published[:, 0] == pytest.approx([-20, 10])
    assert (exact[:, 1].round().tolist(), published[:, 1].round().tolist()) == ([1], [3, 3])
