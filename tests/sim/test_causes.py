from typing import Any

import pytest

from sim import Cause, Events, UserError
from sim.causes import CauseGroup


def test_a_cause_is_its_text_and_knows_its_group() -> None:
    assert f"idle_{Cause.EDGE}_cycles" == "idle_edge_cycles"
    assert Cause.EDGE.group is CauseGroup.FILL_EDGE
    assert {cause.group for cause in Cause} == set(CauseGroup)


@pytest.mark.parametrize("cause", Cause)
def test_a_cause_is_found_by_its_text(cause: Cause) -> None:
    assert cause.value == cause.name.lower()
    assert Cause.named(cause.value) is cause


@pytest.mark.parametrize("text", ["egde", "other", "", "EDGE"])
def test_an_unknown_cause_is_refused(text: Any) -> None:
    with pytest.raises(UserError, match=r"unknown cause of idling .*; there is: .*edge"):
        Cause.named(text)
    with pytest.raises(UserError, match="unknown cause of idling"):
        Events(4, 8, 2, 2, {text: 6})


def test_the_text_of_a_cause_does_for_the_cause() -> None:
    events = Events(4, 8, 2, 2, {"edge": 6})  # type: ignore[dict-item]
    assert events.idle_multiplier_cycles[Cause.EDGE] == 6
