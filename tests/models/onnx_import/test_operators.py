"""Operators that multiply are layers or refused by name; none is passed over."""

import onnx.defs
import pytest

from models.onnx_import.operators import PRODUCTS, given, label, product_form
from sim import UserError
from tests.models.onnx_import.onnx_graphs import node

REFUSED = ["LSTM", "GRU", "RNN", "Einsum", "DeformConv", "Attention", "DFT", "STFT"]


@pytest.mark.parametrize("operator", REFUSED)
def test_what_multiplies_otherwise_is_refused_with_its_node(operator: str) -> None:
    with pytest.raises(UserError, match=f"^block/cell: the operator {operator} .*ConvTranspose"):
        product_form(node(operator, ["x"], ["y"], name="block/cell"))


def test_operators_of_others_are_refused_unless_known_to_be_harmless() -> None:
    with pytest.raises(UserError, match=r"^Fast that makes 'y': the operator mine\.Fast has no"):
        product_form(node("Fast", ["x"], ["y"], domain="mine"))
    with pytest.raises(UserError, match=r"com\.microsoft\.FusedMatMul"):
        product_form(node("FusedMatMul", ["x", "w"], ["y"], domain="com.microsoft"))
    assert product_form(node("QLinearAdd", ["x"], ["y"], domain="com.microsoft")) is None
    with pytest.raises(UserError, match=r"mine\.Conv"):  # a standard name in another's domain
        product_form(node("Conv", ["x", "w"], ["y"], domain="mine"))


def test_every_standard_operator_is_decided() -> None:
    """Products by their definitions, and operators that only move, compare or rescale."""
    refused, products = set(), set()
    for schema in onnx.defs.get_all_schemas():
        if schema.domain:
            continue
        try:
            if product_form(node(schema.name, ["x", "w"], ["y"])) is not None:
                products.add(schema.name)
        except UserError:
            refused.add(schema.name)
    assert products == set(PRODUCTS) - {"QGemm"}
    assert set(REFUSED) <= refused


def test_names_in_messages_and_inputs_left_out() -> None:
    anonymous = node("Conv", ["x", ""], [])
    assert label(anonymous) == "Conv that makes 'nothing'"
    assert (given(anonymous, 0), given(anonymous, 1), given(anonymous, 5)) == ("x", "", "")
