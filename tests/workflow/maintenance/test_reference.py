import pandas as pd

from workflow.maintenance.reference import claims_section, figure_section


def test_claims_are_one_row_per_claim_and_suite_with_the_span_of_values() -> None:
    claims = pd.DataFrame(
        {
            "claim": ["a", "a", "b"],
            "suite": ["digits", "digits", "-"],
            "published_low": [2.0, 2.0, 1.9],
            "published_high": [None, None, 2.6],
            "unit": "x",
            "reproduced": [1.5, 2.25, None],
            "verdict": ["same direction", "reproduced within 10 %", "not evaluated"],
            "reason": ["because", "since", "nothing runs it"],
        }
    )
    rows = [line for line in claims_section(claims).splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert cells[0][:4] == ["a", "more than 2 x", "digits", "1.5 to 2.25"]
    assert cells[0][4] == "reproduced within 10 %: 1, same direction: 1"
    assert cells[1][:4] == ["b", "1.9 to 2.6 x", "-", "-"]


def test_every_figure_is_linked_with_its_caption() -> None:
    text = figure_section(["accuracy"])
    assert "![accuracy](reference/figures/accuracy.svg)" in text
    assert "fine-tuning" in text
