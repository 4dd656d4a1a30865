"""A small run: the tables of the quick configuration, and one figure."""

import shutil
from pathlib import Path

import pytest

from workflow.site.results import ResultFolder

ROOT = Path(__file__).parents[3]
TABLES = ("claims_summary", "accuracy", "trust", "sensitivity_spans", "hass")


@pytest.fixture
def results(tmp_path: Path) -> ResultFolder:
    for folder in ("tables", "figures"):
        (tmp_path / folder).mkdir()
    for name in TABLES:
        shutil.copy(ROOT / "results" / "reference" / "quick" / f"{name}.csv", tmp_path / "tables")
    (tmp_path / "figures" / "overview.svg").write_text("<svg/>")
    return ResultFolder(tmp_path)
