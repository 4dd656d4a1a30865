"""How the windows of an ONNX convolution move: attributes, automatic padding, zeros put around.

Source: the definitions of Conv, ConvTranspose and Pad in ONNX's operator specification.
"""

from typing import Any

import onnx
import onnx.helper

from models.onnx_import.files import Array
from models.onnx_import.folding import constant_value
from models.onnx_import.graph import Graph
from models.onnx_import.operators import STANDARD, given
from models.products import Windows
from sim.sizes import Pair, Sides, same_padding

SAME = ("SAME_UPPER", "SAME_LOWER")
Attributes = dict[str, Any]


def windows(
    node: onnx.NodeProto, size: tuple[int, ...], kernel: tuple[int, ...], zeros: Sides
) -> Windows:
    """The windows of a convolution.

    Args:
        node: of any operator that convolves.
        size: spatial axes of its input, without `zeros`.
        kernel: spatial axes of its weights.
        zeros: put around the input of a plane beforehand, as `zeros_around` gives them.
    """
    stated = attributes(node)
    axes = len(kernel)
    stride = tuple(stated.get("strides") or [1] * axes)
    dilation = tuple(stated.get("dilations") or [1] * axes)
    groups = stated.get("group", 1)
    extents = tuple((k - 1) * step + 1 for k, step in zip(kernel, dilation, strict=True))
    if node.op_type == "ConvTranspose":
        return _transposed(stated, size, extents, Windows(stride, (), dilation, groups, True))
    around = ((0, 0),) * (axes - 2) + zeros
    around = around[-axes:]
    padded = tuple(n + sum(pad) for n, pad in zip(size, around, strict=True))
    pads = tuple(
        (before + zeros_before, after + zeros_after)
        for (before, after), (zeros_before, zeros_after) in zip(
            _pads(stated, padded, extents, stride), around, strict=True
        )
    )
    return Windows(stride, pads, dilation, groups)


def attributes(node: onnx.NodeProto) -> Attributes:
    """What a node states, by name, texts as text."""
    known = [a for a in node.attribute if a.type != onnx.AttributeProto.UNDEFINED]
    values = {a.name: onnx.helper.get_attribute_value(a) for a in known}
    return {
        name: value.decode(errors="replace") if isinstance(value, bytes) else value
        for name, value in values.items()
    }


def zeros_around(graph: Graph, value: str) -> tuple[str, Sides]:
    """A map without the zeros that `Pad` put around it, and these zeros.

    ((top, bottom), (left, right)); the map itself and none where it is padded otherwise.
    """
    top, bottom, left, right = 0, 0, 0, 0
    while (sides := _zeros(graph, value)) is not None:
        value = given(graph.makers[value], 0)
        (above, below), (before, after) = sides
        top, bottom, left, right = top + above, bottom + below, left + before, right + after
    return value, ((top, bottom), (left, right))


def _zeros(graph: Graph, value: str) -> Sides | None:
    """What a `Pad` with constant zeros puts around a plane; None if the value is no such thing."""
    node = graph.makers.get(value)
    if node is None or node.op_type != "Pad" or node.domain not in STANDARD or not given(node, 0):
        return None
    stated = attributes(node)
    amounts, fill = stated.get("pads"), stated.get("value", 0.0)
    if given(node, 1):
        stored = _constant(graph, node.input[1])
        amounts = None if stored is None else stored.ravel().tolist()
    if given(node, 2):
        stored = _constant(graph, node.input[2])
        fill = None if stored is None else stored.any()
    if stated.get("mode", "constant") != "constant" or fill is None or fill or given(node, 3):
        return None
    if not isinstance(amounts, list) or len(amounts) != 8:
        return None
    if not all(isinstance(amount, int) and amount >= 0 for amount in amounts):
        return None
    batch, channel, top, left, after, further, bottom, right = amounts
    return None if batch or channel or after or further else ((top, bottom), (left, right))


def _constant(graph: Graph, name: str) -> Array | None:
    return constant_value(graph, name) if graph.known(name) else None


def _pads(
    stated: Attributes, size: tuple[int, ...], extents: tuple[int, ...], stride: tuple[int, ...]
) -> list[Pair]:
    automatic = stated.get("auto_pad", "NOTSET")
    if automatic in SAME:
        pairs = [same_padding(*span) for span in zip(size, extents, stride, strict=True)]
        return pairs if automatic == "SAME_UPPER" else [(more, less) for less, more in pairs]
    if automatic == "VALID" or not stated.get("pads"):
        return [(0, 0)] * len(size)
    return _pairs(stated["pads"])


def _pairs(pads: list[int]) -> list[Pair]:
    """ONNX lists all sides before, then all sides after."""
    half = len(pads) // 2
    return list(zip(pads[:half], pads[half:], strict=True))


def _transposed(
    stated: Attributes, size: tuple[int, ...], extents: tuple[int, ...], plain: Windows
) -> Windows:
    """A transposed convolution, whose padding may follow from the size that it shall make."""
    axes = len(size)
    more = list(stated.get("output_padding") or [0] * axes)
    automatic = stated.get("auto_pad", "NOTSET")
    wanted = list(stated.get("output_shape") or [])[-axes:]
    if automatic in SAME or wanted:
        cut = []
        for axis, (n, step, extent) in enumerate(zip(size, plain.stride, extents, strict=True)):
            whole = step * (n - 1) + more[axis] + extent
            surplus = whole - (wanted[axis] if wanted else n * step)
            if wanted:
                more[axis] += max(-surplus, 0)
            less = max(surplus, 0) // 2
            rest = max(surplus, 0) - less
            cut.append((less, rest) if automatic == "SAME_UPPER" else (rest, less))
    elif automatic == "VALID" or not stated.get("pads"):
        cut = [(0, 0)] * axes
    else:
        cut = _pairs(stated["pads"])
    return Windows(plain.stride, tuple(cut), plain.dilation, plain.groups, True, tuple(more))
