import pandas as pd

from workflow.maintenance.reference import claims_section, figure_section


def test_claims_are_one_row_each_with_the_span_of_all_settings() -> None:
    summary = pd.DataFrame(
        {
            "claim": ["a", "b"],
            "published_low": [2.0, 1.9],
            "published_high": [None, 2.6],
            "unit": "x",
            "here": [1.5, None],
            "band_low": [1.5, None],
            "band_high": [2.25, None],
            "verdict": ["same direction", "not evaluated"],
            "accuracy_lost_points": [0.5, None],
            "reason": ["because", "nothing runs it"],
        }
    )
    rows = [line for line in claims_section(summary).splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert cells[0][:6] == ["a", "more than 2 x", "1.5", "1.5 to 2.25", "same direction", "0.5"]
    assert cells[1][:6] == ["b", "1.9 to 2.6 x", "-", "-", "not evaluated", "-"]


def test_every_figure_is_linked_with_its_caption() -> None:
    text = figure_section(["accuracy"])
    assert "![accuracy](reference/figures/accuracy.svg)" in text
    assert "fine-tuning" in text
