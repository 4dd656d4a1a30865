from pathlib import Path

import pandas as pd
import pytest

from sim import UserError
from workflow.maintenance.check_results import SHOWN, compare, compared, markdown
from workflow.maintenance.tolerances import TableRules, Tolerance, Tolerances

COLUMNS = {"top1_*": Tolerance(absolute=2.0), "*": Tolerance(relative=0.1)}
RULES = Tolerances(COLUMNS)
REFERENCE = pd.DataFrame(
    {"network": ["vgg16", "lenet5"], "top1_int8_percent": [97.0, 92.0], "cycles": [100.0, 200.0]}
)


def moved(
    made: pd.DataFrame, reference: pd.DataFrame, rules: TableRules | None = None
) -> list[str]:
    return compared(made, reference, rules or TableRules(COLUMNS)).lines


def test_within_tolerance_nothing_moved() -> None:
    made = REFERENCE.assign(top1_int8_percent=[95.5, 93.9], cycles=[109.0, 181.0])
    assert moved(made, REFERENCE) == []


def test_each_moved_cell_is_named() -> None:
    made = REFERENCE.assign(top1_int8_percent=[94.9, 92.0], cycles=[100.0, 221.0])
    assert moved(made, REFERENCE) == [
        "top1_int8_percent [vgg16]: 97.0 -> 94.9",
        "cycles [lenet5]: 200.0 -> 221.0",
    ]


def test_empty_cells_agree_with_empty_cells_only() -> None:
    some, none = REFERENCE.assign(variant=["a", None]), REFERENCE.assign(variant=[None, None])
    assert moved(some, some.copy()) == []
    assert moved(none, none.copy()) == []
    assert len(moved(none, some)) == 1


def test_ignored_columns_may_differ() -> None:
    made, reference = REFERENCE.assign(reason="5.0x"), REFERENCE.assign(reason="5.1x")
    assert len(moved(made, reference)) == 2
    assert moved(made, reference, TableRules({"reason": Tolerance(ignored=True)} | COLUMNS)) == []


def test_rows_columns_and_text_must_agree() -> None:
    assert moved(REFERENCE.iloc[:1], REFERENCE) == ["1 rows, the reference has 2"]
    assert "columns differ: cycles" in moved(REFERENCE.drop(columns="cycles"), REFERENCE)[0]
    renamed = REFERENCE.assign(network=["vgg19", "lenet5"])
    assert moved(renamed, REFERENCE) == ["network [vgg16]: vgg16 -> vgg19"]


def test_rows_that_are_sorted_by_their_numbers_are_found_by_their_names() -> None:
    made = REFERENCE.iloc[::-1].reset_index(drop=True)
    by_name = TableRules(COLUMNS, rows_by=("network",))
    assert len(moved(made, REFERENCE)) == 6
    assert moved(made, REFERENCE, by_name) == []
    assert len(moved(made.assign(cycles=[200.0, 120.0]), REFERENCE, by_name)) == 1


def test_of_what_a_search_came_upon_only_its_settings_are_compared() -> None:
    found = pd.concat([REFERENCE, REFERENCE.assign(cycles=7.0)])
    settings = TableRules(COLUMNS, distinct=("network",))
    assert moved(found, REFERENCE, settings) == []
    assert moved(REFERENCE.iloc[:1], REFERENCE, settings) == ["1 rows, the reference has 2"]


def test_so_many_cells_may_lie_beyond_and_no_more() -> None:
    one, two = REFERENCE.assign(cycles=[100.0, 300.0]), REFERENCE.assign(cycles=[150.0, 300.0])
    a_sixth = TableRules(COLUMNS, beyond_percent=17)
    assert moved(one, REFERENCE, a_sixth) == []
    assert len(moved(two, REFERENCE, a_sixth)) == 2


def folders(root: Path, **tables: tuple[pd.DataFrame | None, pd.DataFrame | None]) -> list[Path]:
    made, reference = root / "made", root / "reference"
    for index, folder in enumerate((made, reference)):
        folder.mkdir()
        for name, versions in tables.items():
            if (frame := versions[index]) is not None:
                frame.to_csv(folder / f"{name}.csv", index=False)
    return [made, reference]


def test_networks_that_were_not_fetched_are_not_compared(tmp_path: Path) -> None:
    states = pd.DataFrame({"network": ["a"], "state": ["not fetched"]})
    loaded, judged = states.assign(state="loaded"), REFERENCE.assign(suite="digits")
    made, reference = folders(
        tmp_path,
        pretrained_loading=(states, loaded),
        pretrained=(None, REFERENCE),
        claims_summary=(REFERENCE, REFERENCE.assign(cycles=0)),
        claims=(judged, pd.concat([judged.assign(suite="pretrained"), judged])),
    )
    assert [(k, v.lines) for k, v in compare(made, reference, RULES).items()] == [("claims", [])]
    loaded.to_csv(made / "pretrained_loading.csv", index=False)
    with pytest.raises(UserError, match=r"pretrained\.csv is missing"):
        compare(made, reference, RULES)


def test_every_table_of_both_folders_is_compared(tmp_path: Path) -> None:
    other = REFERENCE.assign(cycles=[100.0, 300.0])
    made, reference = folders(
        tmp_path, same=(REFERENCE, REFERENCE), off=(other, REFERENCE), new=(other, None)
    )
    comparisons = compare(made, reference, RULES)
    moves = {name: comparison.lines for name, comparison in comparisons.items()}
    assert moves["same"] == []
    assert moves["off"] == ["cycles [lenet5]: 200.0 -> 300.0"]
    assert "make reference" in moves["new"][0]
    assert [comparisons["off"].cells, comparisons["off"].unequal] == [6, 1]


def test_a_table_that_was_not_made_is_an_error(tmp_path: Path) -> None:
    made, reference = folders(tmp_path, gone=(None, REFERENCE))
    with pytest.raises(UserError, match=r"gone\.csv is missing"):
        compare(made, reference, RULES)


def test_a_comment_names_the_cells_and_stays_short() -> None:
    moves = {"same": [], "off": [f"cell {n}" for n in range(SHOWN + 3)]}
    text = markdown(moves, Path("reference"))
    assert f"{SHOWN + 3} cells moved" in text
    assert f"- cell {SHOWN - 1}\n- and 3 more\n" in text
    assert "same" not in text
    assert "All 1 tables agree" in markdown({"same": []}, Path("reference"))
