"""Which operators of ONNX are products, and which multiply in ways that have no row in a table.

Source: the operators of ONNX (onnx.ai/onnx/operators, opset 26 and before) and the contributed ones
of onnxruntime (docs/ContribOperators.md there), read as specifications.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import onnx

from sim.errors import UserError
from sim.validation import shown

STANDARD = ("", "ai.onnx")
MICROSOFT = "com.microsoft"
Form = Literal["convolution", "transposed convolution", "matrix product", "general product"]


@dataclass(frozen=True)
class ProductForm:
    """Where a product has its operands among a node's inputs.

    Attributes:
        form: how the operands are multiplied.
        operands: places of the two.
        zero_points: places of the integers that stand for zero; None = zero is 0.
        bias: place of what is added, if the operator adds it.
        domain: of the operator, "" for the standard ones.
    """

    form: Form
    operands: tuple[int, int] = (0, 1)
    zero_points: tuple[int, int] | None = None
    bias: int | None = None
    domain: str = ""


PRODUCTS: Mapping[str, ProductForm] = {
    "Conv": ProductForm("convolution", bias=2),
    "ConvTranspose": ProductForm("transposed convolution", bias=2),
    "ConvInteger": ProductForm("convolution", zero_points=(2, 3)),
    "QLinearConv": ProductForm("convolution", (0, 3), (2, 5), 8),
    "Gemm": ProductForm("general product", bias=2),
    "QGemm": ProductForm("general product", (0, 3), (2, 5), 6, MICROSOFT),
    "MatMul": ProductForm("matrix product"),
    "MatMulInteger": ProductForm("matrix product", zero_points=(2, 3)),
    "QLinearMatMul": ProductForm("matrix product", (0, 3), (2, 5)),
}
MULTIPLYING = ("attention", "lstm", "gru", "rnn", "conv", "einsum", "matmul", "gemm", "dft", "stft")
"""Parts of the names of the other operators that multiply and add."""
HARMLESS = {
    "QuantizeLinear",
    "DequantizeLinear",
    "QLinearAdd",
    "QLinearMul",
    "QLinearConcat",
    "QLinearSigmoid",
    "QLinearLeakyRelu",
    "QLinearSoftmax",
    "QLinearReduceMean",
    "QLinearWhere",
    "QLinearAveragePool",
    "QLinearGlobalAveragePool",
    "Gelu",
    "FastGelu",
    "QuickGelu",
    "BiasGelu",
    "BiasAdd",
    "LayerNormalization",
    "SkipLayerNormalization",
    "SimplifiedLayerNormalization",
    "SkipSimplifiedLayerNormalization",
    "Pad",
}
"""Of the contributed operators, those that carry no product."""
UNDERSTOOD = ", ".join(PRODUCTS)


def product_form(node: onnx.NodeProto) -> ProductForm | None:
    """How a node multiplies; None = it does not.

    Raises:
        UserError: the node multiplies, or may, in a way that has no row in a table of layers.
    """
    form = PRODUCTS.get(node.op_type)
    domain = "" if node.domain in STANDARD else node.domain
    if form is not None and form.domain == domain:
        return form
    multiplies = any(part in node.op_type.lower() for part in MULTIPLYING)
    if domain == MICROSOFT and node.op_type in HARMLESS:
        return None
    if multiplies or domain:
        operator = f"{domain}.{node.op_type}" if domain else node.op_type
        raise UserError(
            f"{label(node)}: the operator {shown(operator)} has no form of a layer; understood are "
            f"{UNDERSTOOD}, and standard operators without weights"
        )
    return None


def label(node: onnx.NodeProto) -> str:
    """What messages call a node: its name or, without one, its operator and its first output."""
    return shown(node.name or f"{node.op_type} that makes {next(iter(node.output), 'nothing')!r}")


def given(node: onnx.NodeProto, place: int | None) -> str:
    """The name of a node's input; empty if it is left out."""
    return node.input[place] if place is not None and place < len(node.input) else ""
