import pytest

from sim.claims import Claim, claims
from workflow.studies.claims.verdict import Evaluation, verdict


def claim(low: float, high: float | None) -> Claim:
    return Claim("a", "s", "m", "x", "y", "n", "x", low, high, "", "somewhere")


@pytest.mark.parametrize(
    ("low", "high", "value", "neutral", "expected"),
    [
        (2.0, None, 2.0, 1, "reproduced within 10 %"),
        (2.0, None, 9.0, 1, "reproduced within 10 %"),
        (2.0, None, 1.99, 1, "same direction"),
        (2.0, None, 0.9, 1, "not reproduced"),
        (12.0, 12.0, 13.1, 1, "reproduced within 10 %"),
        (12.0, 12.0, 14.0, 1, "same direction"),
        (1.0, 2.25, 0.91, 1, "reproduced within 10 %"),
        (1.0, 2.25, 2.6, 1, "same direction"),
        (1.0, 2.25, 0.8, 1, "not reproduced"),
        (471.0, 471.0, 500.0, None, "reproduced within 10 %"),
        (471.0, 471.0, 683.0, None, "not reproduced"),
        (18.9, 18.9, 4.0, 0, "same direction"),
        (18.9, 18.9, -1.0, 0, "not reproduced"),
        (2.0, None, None, 1, "not evaluated"),
    ],
)
def test_verdicts(
    low: float, high: float | None, value: float | None, neutral: float | None, expected: str
) -> None:
    evaluation = Evaluation(value, "digits", "measured", "", "", neutral)
    assert verdict(claim(low, high), evaluation) == expected


def test_a_stated_verdict_wins() -> None:
    evaluation = Evaluation(None, "imagenet", "modelled", "", "", verdict="outside the model")
    assert verdict(claim(1, 1), evaluation) == "outside the model"


def test_claims_load_and_have_sources() -> None:
    assert all(entry.source for entry in claims().values())


def test_a_value_over_another_comparator_shows_no_more_than_a_direction() -> None:
    evaluation = Evaluation(1.5, "shapes", "measured", "", "", same_ratio=False)
    assert verdict(claim(1.3, 4.2), evaluation) == "same direction"
    assert verdict(claim(0.2, 0.4), evaluation) == "not reproduced"
