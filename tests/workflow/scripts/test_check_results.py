import pandas as pd

from workflow.scripts.check_results import moved

RULES = {"top1_*": {"absolute": 2.0}, "*": {"relative": 0.1}}
REFERENCE = pd.DataFrame(
    {"network": ["vgg16", "lenet5"], "top1_int8_percent": [97.0, 92.0], "cycles": [100.0, 200.0]}
)


def test_within_tolerance_nothing_moved() -> None:
    made = REFERENCE.assign(top1_int8_percent=[95.5, 93.9], cycles=[109.0, 181.0])
    assert moved(made, REFERENCE, RULES) == []


def test_each_moved_cell_is_named() -> None:
    made = REFERENCE.assign(top1_int8_percent=[94.9, 92.0], cycles=[100.0, 221.0])
    assert moved(made, REFERENCE, RULES) == [
        "top1_int8_percent [vgg16]: 97.0 -> 94.9",
        "cycles [lenet5]: 200.0 -> 221.0",
    ]


def test_empty_cells_agree_with_empty_cells_only() -> None:
    some, none = REFERENCE.assign(variant=["a", None]), REFERENCE.assign(variant=[None, None])
    assert moved(some, some.copy(), RULES) == []
    assert moved(none, none.copy(), RULES) == []
    assert len(moved(none, some, RULES)) == 1


def test_ignored_columns_may_differ() -> None:
    made, reference = REFERENCE.assign(reason="5.0x"), REFERENCE.assign(reason="5.1x")
    assert len(moved(made, reference, RULES)) == 2
    assert moved(made, reference, RULES | {"reason": {"ignored": True}}) == []


def test_rows_columns_and_text_must_agree() -> None:
    assert moved(REFERENCE.iloc[:1], REFERENCE, RULES) == ["1 rows, the reference has 2"]
    assert "columns differ: cycles" in moved(REFERENCE.drop(columns="cycles"), REFERENCE, RULES)[0]
    renamed = REFERENCE.assign(network=["vgg19", "lenet5"])
    assert moved(renamed, REFERENCE, RULES) == ["network [vgg16]: vgg16 -> vgg19"]
