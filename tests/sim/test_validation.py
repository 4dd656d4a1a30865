from collections.abc import Callable
from math import inf, nan
from typing import Any

import pytest

from sim import UserError, validation

ACCEPTED: list[tuple[Callable[..., None], list[Any], list[Any]]] = [
    (validation.require_positive, [1, 8], [0, -1, 1.0, True, "1", None]),
    (validation.require_whole, [0, 8], [-1, 0.0, False, "0", None]),
    (validation.require_not_negative, [0, 0.5], [-0.1, inf, nan, True, "0", None]),
    (validation.require_finite, [0.1, 3], [0, -1, inf, nan, True, "1", None]),
    (validation.require_fraction, [0, 0.5, 1], [-0.1, 1.1, nan, True, "1", None]),
    (validation.require_rate, [0.1, inf], [0, -1, nan, True, "1", None]),
    (validation.require_flag, [True, False], [0, 1, "true", None]),
]


@pytest.mark.parametrize(
    ("check", "good", "bad"), ACCEPTED, ids=[row[0].__name__ for row in ACCEPTED]
)
def test_a_range_takes_what_it_says_and_names_the_rest(
    check: Callable[..., None], good: list[Any], bad: list[Any]
) -> None:
    for value in good:
        check(rows=value)
    for value in bad:
        with pytest.raises(UserError, match=r"^rows is .*; expected"):
            check(rows=value)


def test_a_choice_lists_what_there_is() -> None:
    validation.require_choice("dataflow", "os", ("os", "ws"))
    with pytest.raises(UserError, match="dataflow is 'is'; expected one of os, ws"):
        validation.require_choice("dataflow", "is", ("os", "ws"))


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    error = validation.unknown("memory", "drm", {"sram": 1, "dram": 2})
    assert str(error) == "unknown memory 'drm' (did you mean 'dram'?); there is: dram, sram"
