import re

from workflow.site.claims_board import VERDICTS, board, decided, outcome, published
from workflow.site.results import ResultFolder
from workflow.studies.claims import verdict


def test_the_outcome_counts_every_claim_once(results: ResultFolder) -> None:
    total, *parts = map(int, re.findall(r"\b(\d+) (?!%)", outcome(results)))
    assert total == sum(parts) == len(results.rows("claims_summary"))


def test_the_board_has_a_row_and_a_reason_for_every_claim(results: ResultFolder) -> None:
    html = board(results)
    for row in results.rows("claims_summary"):
        assert f'<tr id="{row["claim"]}"' in html
    assert html.count("<details>") == len(results.rows("claims_summary"))


def test_the_home_page_lists_what_was_decided(results: ResultFolder) -> None:
    listed = re.findall(r'class="verdict \w+">([^<]+)<', decided(results))
    known = [row["verdict"] for row in results.rows("claims_summary")]
    order = ["reproduced within 10 %", "same direction", "not reproduced"]
    assert listed == [verdict for verdict in order for _ in range(known.count(verdict))]


def test_every_verdict_has_words() -> None:
    known = {value for name, value in vars(verdict).items() if name.isupper() and " " in str(value)}
    texts = {text for text in known if isinstance(text, str) and len(text) < 30}
    assert texts <= set(VERDICTS), texts - set(VERDICTS)


def test_published_values_and_ranges() -> None:
    row = {"unit": "x", "published_low": "2.0", "published_high": ""}
    assert published(row) == "more than 2 x"
    assert published({**row, "published_high": "2.0"}) == "2 x"
    assert published({**row, "published_high": "3.5"}) == "2 to 3.5 x"
