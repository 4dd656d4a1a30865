from collections.abc import Sequence

import pytest
import yaml

from sim.declared import ROOT
from workflow.plan.plan import Plan
from workflow.plan.products import Study
from workflow.studies.footing import study as module
from workflow.studies.footing.measured_gpu import COLUMNS, MEASURED, measured_files


def _asked_for(patch: pytest.MonkeyPatch, files: Sequence[str]) -> Study:
    patch.setattr(module, "measured_files", lambda: files)
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    return module.study(Plan(config, ROOT))


def test_what_a_gpu_reached_is_a_table_and_in_a_figure_once_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for files, tables in (([], ["footing"]), ([MEASURED], ["footing", "gpu_reference"])):
        asked = _asked_for(monkeypatch, files)
        (table,) = (table for table in asked.tables if table.name == "gpu_reference")
        assert list(table.inputs) == files  # a table without inputs is left out
        (figure,) = (figure for figure in asked.figures if figure.name == "footing_speedup")
        assert list(figure.tables) == tables


def test_a_measured_file_in_the_checkout_has_all_columns() -> None:
    for path in measured_files():
        assert (ROOT / path).read_text().splitlines()[0] == ",".join(COLUMNS)
