import pytest

from sim import UserError, accelerator, configurations
from sim.compared_designs import designs_to_run
from sim.described import TEMPLATE


def test_all_designs_but_the_template_are_run_if_none_is_named() -> None:
    designs, refused = designs_to_run(None, 16, None)
    assert list(designs) == [name for name in configurations() if name != TEMPLATE]
    assert refused == {}


def test_designs_without_a_size_are_named_with_the_reason() -> None:
    designs, refused = designs_to_run(["sparten", "swallow_like"], 16, 1024)
    assert designs["sparten"].multipliers == 1024
    assert list(refused) == ["swallow_like"]
    assert "no size on the common footing" in refused["swallow_like"]


def test_what_is_wrong_with_the_designs_is_told() -> None:
    with pytest.raises(UserError, match="at 7 nm; there is: 16"):
        designs_to_run(["sparten"], 7, None)
    with pytest.raises(UserError, match=r"the common footing has .* multipliers"):
        designs_to_run(["sparten"], 16, 7)
    with pytest.raises(UserError, match="yours have the size you gave them"):
        designs_to_run({"mine": accelerator("sa")}, 16, 1024)
