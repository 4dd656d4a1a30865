from dataclasses import replace

import pytest

from sim.claims import Claim, claims
from workflow.studies.claims.verdict import (
    BY_CONSTRUCTION,
    NEEDS_WEIGHTS,
    NO_VERDICT,
    NOT_EVALUATED,
    NOT_REPRODUCED,
    REPRODUCED,
    SAME_DIRECTION,
    Evaluation,
    verdict,
)

VERDICTS_OF_A_GAIN = {REPRODUCED, SAME_DIRECTION}


def claim(low: float, high: float | None, neutral: float | None = 1.0) -> Claim:
    return Claim(
        id="a",
        system="s",
        metric="m",
        subject="x",
        comparator="y",
        network="n",
        unit="x",
        low=low,
        high=high,
        condition="",
        source="somewhere",
        neutral=neutral,
        networks=("vgg16",),
    )


def value(here: float | None, suite: str = "imagenet", network: str = "vgg16") -> Evaluation:
    return Evaluation(here, suite, "modelled", "", "", {"network": network})


@pytest.mark.parametrize(
    ("low", "high", "neutral", "here", "expected"),
    [
        (2.0, None, 1, 2.0, REPRODUCED),
        (2.0, None, 1, 9.0, REPRODUCED),
        (2.0, None, 1, 1.99, SAME_DIRECTION),
        (11.0, None, 1, 2.0, SAME_DIRECTION),  # a tenth of the gain exactly
        (2.0, None, 1, 1.09, NOT_REPRODUCED),  # a tenth of the gain is 1.1
        (2.0, None, 1, 0.9, NOT_REPRODUCED),
        (12.0, 12.0, 1, 13.1, REPRODUCED),
        (12.0, 12.0, 1, 14.0, SAME_DIRECTION),
        (12.0, 12.0, 1, 2.0, NOT_REPRODUCED),
        (1.2, 2.25, 1, 1.1, REPRODUCED),
        (1.2, 2.25, 1, 1.021, SAME_DIRECTION),  # a tenth of the smallest published gain
        (1.0, 2.25, 1, 2.0, NO_VERDICT),  # a design without any gain is in the range
        (471.0, 471.0, None, 500.0, REPRODUCED),
        (471.0, 471.0, None, 683.0, NOT_REPRODUCED),
        (18.9, 18.9, 0, 4.0, SAME_DIRECTION),
        (18.9, 18.9, 0, 1.0, NOT_REPRODUCED),
        (0.5, 0.5, 1, 0.6, SAME_DIRECTION),  # what is published is a loss
        (2.0, None, 1, None, NOT_EVALUATED),
    ],
)
def test_verdicts(
    low: float, high: float | None, neutral: float | None, here: float | None, expected: str
) -> None:
    assert verdict(claim(low, high, neutral), value(here)) == expected


@pytest.mark.parametrize(("suite", "network"), [("shapes", "vgg16"), ("imagenet", "alexnet")])
def test_nothing_is_reproduced_on_other_networks_or_sizes(suite: str, network: str) -> None:
    assert verdict(claim(2.0, 2.0), value(2.0, suite, network)) == SAME_DIRECTION
    assert verdict(claim(471.0, 471.0, None), value(471.0, suite, network)) == NOT_REPRODUCED


def test_what_a_design_without_the_mechanism_reaches_is_by_construction() -> None:
    reached = replace(value(471.0), without_mechanism=470.0)
    assert verdict(claim(471.0, 471.0, None), reached) == BY_CONSTRUCTION
    missed = replace(value(471.0), without_mechanism=100.0)
    assert verdict(claim(471.0, 471.0, None), missed) == REPRODUCED


def test_modelled_zeros_decide_nothing_where_accuracy_bounds_them() -> None:
    bounded = replace(claim(2.0, None), needs_trained_weights=True)
    assert verdict(bounded, value(2.5)) == NEEDS_WEIGHTS
    assert verdict(bounded, replace(value(2.5), activation_source="measured")) == REPRODUCED


def test_a_stated_standing_wins() -> None:
    outside = replace(claim(2.0, 2.0), standing="outside the model", why="no such model")
    assert verdict(outside, value(2.0)) == "outside the model"
    assert verdict(outside, value(None)) == "outside the model"


@pytest.mark.parametrize("name", list(claims()))
def test_a_null_result_passes_no_claim(name: str) -> None:
    stated = claims()[name]
    assert stated.source
    if stated.neutral is None:
        return
    null = Evaluation(
        stated.neutral,
        str(stated.primary.get("suite", "imagenet")),
        "measured",
        "",
        "",
        {**stated.primary, "network": next(iter(stated.networks), "")},
    )
    assert verdict(stated, null) not in VERDICTS_OF_A_GAIN


@pytest.mark.parametrize("name", list(claims()))
def test_what_a_plain_bound_reaches_reproduces_no_claim(name: str) -> None:
    stated = claims()[name]
    setting = {**stated.primary, "network": next(iter(stated.networks), "")}
    met = Evaluation(stated.low, "imagenet", "measured", "", "", setting)
    bounded = replace(met, without_mechanism=stated.low)
    assert verdict(stated, bounded) != REPRODUCED


@pytest.mark.parametrize("name", [name for name, stated in claims().items() if not stated.standing])
def test_a_judged_claim_states_its_primary_setting(name: str) -> None:
    stated = claims()[name]
    assert "suite" in stated.primary
    network = stated.primary.get("network")
    assert network is not None
    assert not stated.networks or network in stated.networks


def test_masks_that_cost_answers_reproduce_nothing() -> None:
    kept = replace(value(2.0), activation_source="measured")
    lost = replace(kept, keeps_answers=False)
    verdicts = [verdict(claim(2.0, 2.0), entry) for entry in (kept, lost)]
    assert verdicts == [REPRODUCED, SAME_DIRECTION]
