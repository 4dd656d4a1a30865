"""Any convolution that onnxruntime runs: its output's size and, of 0 and 1, its sum."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import UserError
from sim.masks.totals import effectual_macs
from tests.models.onnx_import.onnx_graphs import model, node, traced


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("windows")


Shape = tuple[int, ...]
QUIET = onnxruntime.SessionOptions()
QUIET.log_severity_level = 4


def check(folder: Path, operator: str, weight: Shape, x: Shape, **attributes: Any) -> None:
    """Compare the layer with what onnxruntime computes; a network that it refuses is refused."""
    rng = np.random.default_rng(len(attributes))
    ones = [(rng.random(shape) < 0.6).astype(np.float32) for shape in (weight, (2, *x))]
    nodes = [node(operator, ["x", "w"], ["y"], **attributes)]
    proto = model(nodes, {"x": ["n", *x]}, {"w": ones[0]})
    try:
        session = onnxruntime.InferenceSession(proto.SerializeToString(), QUIET)
        (y,) = session.run(None, {"x": ones[1]})
    except Exception:
        with pytest.raises(UserError):
            traced(folder, proto, ones[1])
        return
    try:
        (layer,) = traced(folder, proto, ones[1]).traces
    except UserError as error:
        assert "transposed" in str(error)  # noqa: PT017
        return
    size = layer.layer.output_size
    assert size[-(y.ndim - 2) :] == y.shape[2:]
    assert effectual_macs(layer).tolist() == y.reshape(2, -1).sum(axis=1).tolist()


@st.composite
def moves(draw: st.DrawFn, axes: int) -> dict[str, Any]:
    sizes = st.lists(st.integers(1, 3), min_size=axes, max_size=axes)
    stated: dict[str, Any] = {"strides": draw(sizes), "group": draw(st.sampled_from([1, 2]))}
    if draw(st.booleans()):
        stated["auto_pad"] = draw(st.sampled_from(["SAME_UPPER", "SAME_LOWER", "VALID"]))
    else:
        stated["dilations"] = draw(sizes)
        stated["pads"] = draw(st.lists(st.integers(0, 2), min_size=2 * axes, max_size=2 * axes))
    return stated


KERNEL = st.lists(st.integers(1, 3), min_size=2, max_size=2)


@settings(max_examples=30, deadline=None)
@given(moves(2), KERNEL)
def test_a_plane(folder: Path, stated: dict[str, Any], kernel: list[int]) -> None:
    check(folder, "Conv", (6, 4 // stated["group"], *kernel), (4, 7, 6), **stated)


@settings(max_examples=10, deadline=None)
@given(moves(1), st.integers(1, 3))
def test_a_line(folder: Path, stated: dict[str, Any], kernel: int) -> None:
    check(folder, "Conv", (6, 4 // stated["group"], kernel), (4, 7), **stated)


@settings(max_examples=30, deadline=None)
@given(moves(2), KERNEL, st.none() | st.integers(-2, 1), st.booleans())
def test_transposed(
    folder: Path, stated: dict[str, Any], kernel: list[int], change: int | None, more: bool
) -> None:
    if change is not None and "pads" in stated:
        del stated["pads"]
        spans = zip(stated["strides"], stated["dilations"], kernel, (5, 4), strict=True)
        stated["output_shape"] = [s * (n - 1) + d * (k - 1) + 1 + change for s, d, k, n in spans]
    elif more and "pads" in stated:
        stated["output_padding"] = [step - 1 for step in stated["strides"]]
    check(folder, "ConvTranspose", (4, 3, *kernel), (4, 5, 4), **stated)


def test_zeros_that_are_put_around_beforehand_belong_to_the_layer(tmp_path: Path) -> None:
    pads = np.array([0, 0, 1, 2, 0, 0, 0, 1], dtype=np.int64)
    nodes = [
        node("Pad", ["x", "pads"], ["a"]),
        node("Pad", ["a", "pads"], ["b"]),
        node("Conv", ["b", "w"], ["y"], pads=[0, 0, 1, 0]),
    ]
    weight = np.ones((1, 1, 3, 3), dtype=np.float32)
    x = np.ones((1, 1, 5, 5), dtype=np.float32)
    (layer,) = traced(
        tmp_path, model(nodes, {"x": [1, 1, 5, 5]}, {"pads": pads, "w": weight}), x
    ).traces
    assert layer.layer.padding_sides == ((2, 1), (4, 2))
    assert layer.layer.input_size == (5, 5)


@pytest.mark.parametrize("mode", ["reflect", "one"])
def test_what_is_put_around_and_is_not_zero_belongs_to_the_map(tmp_path: Path, mode: str) -> None:
    pads = np.array([0, 0, 1, 1, 0, 0, 1, 1], dtype=np.int64)
    fill = {"mode": "reflect"} if mode == "reflect" else {}
    nodes = [
        node("Pad", ["x", "pads", *(["f"] if mode == "one" else [])], ["a"], **fill),
        node("Conv", ["a", "w"], ["y"]),
    ]
    stored = {"pads": pads, "w": np.ones((1, 1, 3, 3), dtype=np.float32)}
    stored |= {"f": np.float32(1)} if mode == "one" else {}
    x = np.ones((1, 1, 5, 5), dtype=np.float32)
    (layer,) = traced(tmp_path, model(nodes, {"x": [1, 1, 5, 5]}, stored), x).traces
    assert layer.layer.input_size == (7, 7)
    assert layer.layer.padding_sides == ((0, 0), (0, 0))
