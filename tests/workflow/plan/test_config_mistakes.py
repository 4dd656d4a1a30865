"""What somebody may get wrong at any place of a configuration: nearly all is refused at the start.

The dry run makes the same checks (tests/workflow/test_snakefile.py): no job has started by then.
"""

import copy
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from sim import UserError
from tests.workflow.plan.test_config_fuzz import BASE, PLACES
from workflow.plan.check_config import check_config

Place = tuple[Any, ...]
RIGHT_AFTER_ALL = {
    "misspelled name": ["results_dir", "pretrained.folder"],  # names that are the user's to give
    "misspelled key": ["sweeps.s2ta_gating"],  # likewise
    "null": ["pretrained.settings.repair", "compression.dbb.activation_budget_points"],  # "none"
}
"""Places where such a change is none."""


def holder(config: Any, place: Place) -> Any:
    for key in place[:-1]:
        config = config[key]
    return config


def wrong_values(value: Any) -> dict[str, Any]:
    """What is wrong instead of a value, by what is wrong with it."""
    wrong: dict[str, Any] = {"null": None}
    if isinstance(value, str):
        wrong["misspelled name"] = f"{value[:-1]}q"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        wrong |= {"text": str(value), "negative": -abs(value) - 1, "no number": float("nan")}
        wrong["a list"] = [value]
    elif isinstance(value, list):
        wrong |= {"no list": value[0] if value else "x", "stranger": [*value, "strange"]}
        wrong |= {"twice": [*value, value[0]]} if value else {}
    elif isinstance(value, dict):
        wrong |= {"unknown key": {**value, "strange": 1}, "a list": [value]}
    return wrong


def mistakes() -> Iterator[tuple[str, Place, Any]]:
    """One mistake after the other: what it is, where, and the wrong value that stands there."""
    for place in PLACES:
        for what, bad in wrong_values(holder(BASE, place)[place[-1]]).items():
            yield what, place, bad
        if isinstance(place[-1], str):
            yield "misspelled key", place, None


def with_mistake(what: str, place: Place, bad: Any) -> dict[str, Any]:
    config = copy.deepcopy(BASE)
    part, key = holder(config, place), place[-1]
    if what == "misspelled key":
        part[f"{key}x"] = part.pop(key)
    else:
        part[key] = bad
    return config


def taken(every: int) -> tuple[list[tuple[str, str]], int]:
    """The mistakes that are not refused in one line, and how many were made."""
    passed, made = [], 0
    for what, place, bad in islice(mistakes(), 0, None, every):
        words = ".".join(map(str, place))
        if words in RIGHT_AFTER_ALL.get(what, ()):
            continue
        made += 1
        try:
            check_config(with_mistake(what, place, bad))
        except UserError as error:
            said = str(error)
        else:
            said = "taken"
        if "\n" in said or not said.startswith("config: "):
            passed.append((what, words))
    return passed, made


def test_a_mistake_at_any_place_is_refused_before_anything_starts() -> None:
    passed, made = taken(every=37)
    assert made > 25
    assert passed == []


@pytest.mark.slow
def test_a_thousand_mistakes_are_refused_before_anything_starts() -> None:
    passed, made = taken(every=1)
    assert made > 1000
    assert len(passed) <= 0.05 * made, passed
    assert passed == []
