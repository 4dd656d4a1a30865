"""Every model against every outside oracle: the largest error is the one that is written down."""

import pytest

from workflow.studies.trust.comparison import Check
from workflow.studies.trust.oracles import CHECKS

ASSERTED = [check for check in CHECKS if check.tolerance is not None]


def _name(check: Check) -> str:
    return f"{check.model}: {check.quantity} of {check.oracle}"


@pytest.mark.parametrize("check", ASSERTED, ids=_name)
def test_no_case_is_further_off_than_stated(check: Check) -> None:
    cases = check.cases()
    assert len(cases)
    assert cases["error"].notna().all()
    worst = cases.loc[cases["error"].abs().idxmax()]
    assert abs(worst["error"]) <= check.tolerance, f"{worst['case']}: {worst['error']:+.2%}"


def test_checks_have_names_of_their_own() -> None:
    names = [(check.model, check.oracle, check.quantity, check.kind) for check in CHECKS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("check", CHECKS, ids=_name)
def test_a_difference_is_explained(check: Check) -> None:
    """Whoever tolerates an error says where it comes from; what is exact tolerates none."""
    if check.kind == "exact":
        assert check.tolerance == 0
    elif check.tolerance != 0:
        assert check.definition or check.circular
