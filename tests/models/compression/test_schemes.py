import pytest

from models.compression.schemes import full_size_scheme, full_size_schemes, scheme, schemes
from models.compression.schemes.dbb import Dbb
from sim.errors import UserError


def test_modules_with_a_scheme_are_found_and_helpers_are_not() -> None:
    assert scheme("dbb") is Dbb
    assert {"dense", "dbb", "magnitude"} <= set(schemes())
    assert "weight_masks" not in schemes()


def test_unknown_scheme_lists_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"unknown scheme 'ddb' \(did you mean 'dbb'\?\)"):
        scheme("ddb")


def test_a_scheme_for_trained_networks_alone_says_so_to_a_network_of_a_user() -> None:
    assert full_size_scheme("dbb") is full_size_schemes()["dbb"]
    with pytest.raises(UserError, match="'thresholds' is for networks that are trained here"):
        full_size_scheme("thresholds")
    with pytest.raises(UserError, match="unknown scheme 'threshold'"):
        full_size_scheme("threshold")
