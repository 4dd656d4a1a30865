from pathlib import Path

import pytest

from sim.errors import UserError
from workflow.site.__main__ import pages
from workflow.site.fillers import PLACE, filled
from workflow.site.results import ResultFolder


def test_no_place_of_any_page_stays_empty(results: ResultFolder) -> None:
    written = pages(results)
    texts = {name: text for name, text in written.items() if name.endswith(".md")}
    assert {"index.md", "claims.md", "systems/s2ta.md", "tables/hass.md"} <= set(texts)
    assert [name for name, text in texts.items() if PLACE.search(text)] == []
    assert 'alt="How far every design gets towards the bound' in texts["index.md"]


def test_a_place_that_nothing_fills_is_refused(results: ResultFolder) -> None:
    with pytest.raises(UserError, match="asks for 'outcom'"):
        filled("<!-- fill: outcom -->", results)


def test_a_run_without_claims_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="claims_summary"):
        ResultFolder(tmp_path)
