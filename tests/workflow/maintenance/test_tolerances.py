"""How far a number may lie from the reference."""

from pathlib import Path

import numpy as np
import pandas as pd

from sim.declared import ROOT
from workflow.maintenance.tolerances import Tolerance, changes, shares, tolerances

STATED = """
columns:
  top1_*: {absolute: 2.0}
  "*": {relative: 0.1}
tables:
  layers: {columns: {top1_int8: {absolute: 5.0}}, rows_by: [layer], beyond_percent: 1}
"""


def test_what_a_table_states_comes_before_what_all_have(tmp_path: Path) -> None:
    path = tmp_path / "tolerances.yaml"
    path.write_text(STATED)
    rules = tolerances(path)
    assert rules.of("layers").tolerance("top1_int8") == Tolerance(absolute=5.0)
    assert rules.of("layers").tolerance("top1_float") == Tolerance(absolute=2.0)
    assert rules.of("other").tolerance("top1_int8") == Tolerance(absolute=2.0)
    assert rules.of("other").tolerance("cycles") == Tolerance(relative=0.1)
    assert (rules.of("layers").rows_by, rules.of("layers").beyond_percent) == (("layer",), 1)


def test_a_share_is_the_difference_over_what_the_cell_may_differ_by() -> None:
    old, new = pd.Series([10.0, 10.0, np.nan, 4.0]), pd.Series([10.0, 13.0, np.nan, np.nan])
    assert list(changes(new, old)) == [0, 3, 0, np.inf]
    assert list(shares(new, old, Tolerance(absolute=1, relative=0.5))) == [0, 0.5, 0, np.inf]
    assert list(shares(new, old, Tolerance())) == [0, np.inf, 0, np.inf]
    assert list(shares(pd.Series([True, False]), pd.Series([True, True]), Tolerance(1))) == [0, 1]
    assert list(shares(pd.Series(["a", None]), pd.Series(["b", None]), Tolerance(9))) == [np.inf, 0]


def test_tables_and_columns_that_have_rules_of_their_own_are_there() -> None:
    folders = [ROOT / "results" / "reference" / name for name in ("tables", "full/tables")]
    for name, own in tolerances().tables.items():
        columns = pd.read_csv(
            next(f / f"{name}.csv" for f in folders if (f / f"{name}.csv").is_file())
        )
        assert {*own.rows_by, *own.distinct} <= set(columns)
        if own.rows_by:
            assert not columns.duplicated(list(own.rows_by)).any()
