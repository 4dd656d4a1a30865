"""How far two runs lie apart, by tolerance."""

from pathlib import Path

import pandas as pd
import pytest

from sim import UserError
from sim.declared import ROOT
from tests.workflow.maintenance.test_check_results import REFERENCE, folders
from workflow.maintenance.spread import spread
from workflow.maintenance.tolerances import TableRules, Tolerance, Tolerances, tolerances

COLUMNS = {
    "top1_*": Tolerance(absolute=2.0),
    "seed": Tolerance(ignored=True),
    "*": Tolerance(relative=0.1),
}
RULES = Tolerances(COLUMNS)


def test_a_tolerance_has_the_largest_differences_of_all_its_columns(tmp_path: Path) -> None:
    made = REFERENCE.assign(top1_int8_percent=[96.0, 92.0], cycles=[100.0, 230.0])
    other = pd.DataFrame({"network": ["a"], "energy": [8.0], "seed": [1]})
    paths = folders(
        tmp_path,
        networks=(made, REFERENCE),
        energy=(other.assign(energy=10.0, seed=2), other),
        rows=(other, REFERENCE),
    )
    table = spread(*paths, RULES).set_index("pattern")
    assert list(table.loc["top1_*", ["cells", "moved", "absolute"]]) == [2, 1, 1.0]
    assert table.loc["top1_*", "share"] == pytest.approx(0.5)
    assert list(table.loc["*", ["cells", "moved", "absolute"]]) == [3, 2, 30.0]
    assert table.loc["*", "relative"] == pytest.approx(0.25)
    assert table.loc["*", "share"] == pytest.approx(2.5)
    assert set(table.index) == {"top1_*", "*", "text"}


def test_a_column_that_may_not_differ_and_does_has_no_room(tmp_path: Path) -> None:
    paths = folders(tmp_path, networks=(REFERENCE.assign(cycles=[100.0, 201.0]), REFERENCE))
    assert spread(*paths, Tolerances({}))["share"].max() == float("inf")


def test_a_table_with_rules_of_its_own_is_counted_for_itself(tmp_path: Path) -> None:
    made = REFERENCE.assign(cycles=[100.0, 230.0])
    paths = folders(tmp_path, networks=(made, REFERENCE), layers=(made.iloc[::-1], REFERENCE))
    own = TableRules(COLUMNS, rows_by=("network",), beyond_percent=20)
    table = spread(*paths, Tolerances(COLUMNS, {"layers": own})).set_index(["table", "pattern"])
    assert list(table.loc[("all", "*"), ["moved", "beyond"]]) == [1, 1]
    assert list(table.loc[("layers", "*"), ["moved", "beyond"]]) == [1, 1]


def test_folders_without_a_table_in_common_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no table of"):
        spread(*folders(tmp_path, networks=(REFERENCE.iloc[:1], REFERENCE)), RULES)


@pytest.mark.parametrize("processor", ["processor", "avx512", "default_processor"])
def test_tolerances_are_those_that_the_measured_runs_were_judged_by_and_have_room(
    processor: str,
) -> None:
    rules = tolerances()
    measured = pd.read_csv(ROOT / "results" / "reference" / "spread" / f"{processor}.csv")
    for name, table in measured.groupby("table"):
        own = rules.of(str(name))
        for row in table[table["pattern"] != "text"].to_dict("records"):
            assert row["allowed_absolute"] == own.columns[row["pattern"]].absolute
            assert row["allowed_relative"] == own.columns[row["pattern"]].relative
        if own.beyond_percent:
            beyond = 100 * table["beyond"].sum() / table["cells"].sum()
            assert beyond <= 0.8 * own.beyond_percent
        else:
            assert table["share"].between(0, 0.8).all()
