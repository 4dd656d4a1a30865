import pytest

from models.compression.schemes import scheme, schemes
from models.compression.schemes.dbb import Dbb
from sim.errors import UserError


def test_modules_with_a_scheme_are_found_and_helpers_are_not() -> None:
    assert scheme("dbb") is Dbb
    assert {"dense", "dbb", "magnitude"} <= set(schemes())
    assert "weight_masks" not in schemes()


def test_unknown_scheme_lists_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"unknown scheme 'ddb' \(did you mean 'dbb'\?\)"):
        scheme("ddb")
