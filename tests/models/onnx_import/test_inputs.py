"""What a user gives and what a network takes: one line wherever they differ."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper

from models.onnx_import.inputs import by_image, described, picture_axes
from sim import UserError
from tests.models.onnx_import.onnx_graphs import floats, model, node, written


def value(name: str, shape: Any, kind: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


MAP = value("x", ["n", 3, "h", 8])
TOKENS = value("ids", [1, "t"], TensorProto.INT32)
MASK = value("mask", [1, "t"], TensorProto.BOOL)


def test_images_come_one_by_one_in_the_networks_type() -> None:
    images = by_image([MAP], floats(2, 3, 5, 8).astype(np.float64))
    assert [image["x"].shape for image in images] == [(1, 3, 5, 8)] * 2
    assert images[0]["x"].dtype == np.float32
    tensors = by_image([value("x", [4, 2])], torch.ones(3, 2))
    assert len(tensors) == 3


def test_a_batch_that_the_file_fixes_is_run_image_by_image() -> None:
    fixed = value("x", [4, 2])
    by_image([fixed], np.ones((3, 2), dtype=np.float32))
    assert described([fixed]) == "x (float32 1 x 2)"


def test_several_inputs_by_name() -> None:
    ids, mask = np.ones((2, 7), dtype=np.int64), np.ones((2, 7), dtype=bool)
    images = by_image([TOKENS, MASK], {"mask": mask, "ids": ids})
    assert [(image["ids"].dtype.name, image["mask"].shape) for image in images] == [
        ("int32", (1, 7))
    ] * 2


@pytest.mark.parametrize(
    ("inputs", "given", "message"),
    [
        ([MAP], floats(2, 4, 5, 8), "expected x .float32 n x 3 x h x 8., and axis 1 is 4"),
        ([MAP], floats(2, 3, 5), "images first"),
        ([MAP], np.float32(3), "is a float32"),
        ([MAP], np.array(3.0), "images first"),
        ([MAP], floats(0, 3, 5, 8), "expected one number of at least 1"),
        ([MAP], floats(1, 3, 5, 8).astype(int), "x is int64; the network takes float32, scaled"),
        ([MAP], np.full((1, 3, 5, 8), np.nan), "not finite"),
        ([MAP], np.full((1, 3, 5, 8), 1e300), "not finite numbers in float32"),
        ([MAP], [[1.0]], "is a list; expected an array"),
        ([MAP], "x.npy", "is a str; expected an array"),
        ([MAP], {"y": floats(1, 3, 5, 8)}, "unknown input 'y'.*there is: x"),
        ([MAP], {}, "input x is missing"),
        ([TOKENS, MASK], np.ones((2, 7)), "takes 2 inputs, ids .int32 1 x t., mask .bool 1 x t."),
        ([TOKENS], {"ids": np.array([[2**40]])}, "does not hold|do not fit|int32"),
        ([TOKENS], {"ids": np.array([[1.5]])}, "ids is float64; the network takes int32"),
        ([MASK], {"mask": np.array([[1]])}, "mask is int64; the network takes bool"),
        (
            [TOKENS, MASK],
            {"ids": np.ones((2, 7), dtype=int), "mask": np.ones((2, 6), dtype=bool)},
            "open size t is 7 in the input ids and 6 in mask",
        ),
        (
            [TOKENS, MASK],
            {"ids": np.ones((2, 7), dtype=int), "mask": np.ones((1, 7), dtype=bool)},
            r"hold \[1, 2\] images",
        ),
        ([value("s", [1], TensorProto.STRING)], np.array(["a"]), "no tensor of numbers"),
        ([onnx.ValueInfoProto(name="u")], np.ones(2), "no tensor of numbers"),
    ],
)
def test_inputs_that_do_not_fit_are_one_line(inputs: Any, given: Any, message: str) -> None:
    copies = [onnx.ValueInfoProto.FromString(each.SerializeToString()) for each in inputs]
    with pytest.raises(UserError, match=message) as refusal:
        by_image(copies, given)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        (["n", 3, 8, 9], ((3, 8, 9), False)),
        ([1, 8, 9, 3], ((3, 8, 9), True)),
        ([1, 1, 8, 3], ((1, 8, 3), False)),
        (["n", 3, "h", 9], None),
        ([1, 3], None),
    ],
)
def test_what_pictures_a_network_takes(tmp_path: Path, shape: list[Any], axes: Any) -> None:
    path = written(tmp_path, model([node("Relu", ["x"], ["y"])], {"x": shape}))
    if axes is not None:
        assert picture_axes(path) == axes
        return
    with pytest.raises(UserError, match="fixed sizes for pictures"):
        picture_axes(path)
