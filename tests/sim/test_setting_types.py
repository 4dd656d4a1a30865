from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from sim import UserError
from sim.setting_types import built


@dataclass(frozen=True, kw_only=True)
class Everything:
    count: int
    share: float = 0.5
    flag: bool = False
    name: str | None = None
    mode: Literal["a", "b"] | None = "a"
    pair: tuple[int, int] = (1, 2)
    shares: Sequence[float] = ()
    levels: Mapping[str, float] = field(default_factory=dict)


@pytest.mark.parametrize(
    "values",
    [
        {"share": 1},
        {"name": "x", "mode": None},
        {"pair": [3, 4], "shares": [0.1, 1], "levels": {"conv1": 2}},
    ],
)
def test_values_of_the_declared_types_are_taken(values: dict[str, Any]) -> None:
    made = built(Everything, {"count": 3, **values})
    assert all(getattr(made, key) == value for key, value in values.items())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"count": True}, "count is True; expected a whole number"),
        ({"count": 1.0}, "count is 1.0; expected a whole number"),
        ({"share": "5e-1"}, "share is the text '5e-1' .*write 0.5.*; expected a number"),
        ({"share": True}, "share is True"),
        ({"share": float("nan")}, "share is nan"),
        ({"share": None}, "share is None; expected a number"),
        ({"flag": 1}, "flag is 1; expected true or false"),
        ({"name": 5}, "name is 5; expected text or null"),
        ({"mode": "c"}, "mode is 'c'; expected one of a, b or null"),
        ({"pair": [1]}, "pair is .1.; expected a list of 2"),
        ({"shares": 0.1}, "shares is 0.1; expected a list, each entry a number"),
        ({"shares": ["x"]}, "expected a list, each entry a number"),
        ({"levels": [1]}, "expected a mapping of names, each to a number"),
        ({"levels": {"a": "b"}}, "expected a mapping"),
        ({"cuont": 3}, "unknown setting 'cuont' .did you mean 'count'"),
    ],
)
def test_a_value_of_another_type_is_named(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        built(Everything, {"count": 3, **values})


def test_what_must_be_given_is_named() -> None:
    with pytest.raises(UserError, match="lacks count"):
        built(Everything, {})
