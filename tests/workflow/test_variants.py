import pandas as pd
import pytest

from workflow.variants import (
    overridden,
    parameter_and_value,
    variant_text,
    varies_several,
    zeros_setting,
    zeros_text,
)

TEXTS = pd.Series(["", "rows=16", "rows=16 order=a=b", "zeros: most_removed=0.05"], [3, 1, 4, 5])


@pytest.mark.parametrize("overrides", [{}, {"rows": "16"}, {"rows": "16", "order": "a=b"}])
def test_a_text_gives_back_the_parameters_that_it_was_made_of(overrides: dict[str, str]) -> None:
    assert overridden(variant_text(overrides)) == overrides


def test_numbers_and_flags_are_written_as_python_writes_them() -> None:
    assert variant_text({"rows": 16, "share": 0.5, "fused": True}) == "rows=16 share=0.5 fused=True"


def test_modelled_zeros_change_nothing_of_a_design() -> None:
    assert zeros_text("most_removed", 0.05) == TEXTS[5]
    assert overridden(TEXTS[5]) == {}


def test_columns_keep_the_index_of_their_rows() -> None:
    assert parameter_and_value(TEXTS.drop(4)).to_dict("index") == {
        3: {"parameter": "", "value": ""},
        1: {"parameter": "rows", "value": "16"},
        5: {"parameter": "zeros: most_removed", "value": "0.05"},
    }
    assert varies_several(TEXTS).to_dict() == {3: False, 1: False, 4: True, 5: False}
    assert zeros_setting(TEXTS).to_dict() == {3: "", 1: "", 4: "", 5: TEXTS[5]}
    blank = pd.Series([None, 0.5], [7, 8])
    assert zeros_setting(blank).to_dict() == {7: "", 8: ""}


def test_tables_without_rows_have_the_columns_too() -> None:
    none = pd.Series([], dtype=object)
    assert list(parameter_and_value(none)) == ["parameter", "value"]
    assert varies_several(none).empty
