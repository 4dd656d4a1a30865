"""Our INT8 beside onnxruntime's static quantizer on the same float networks and images."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor

from models.compression.quantization import fold_batch_norm, quantize, weight_int8
from models.datasets import load
from models.graph.stored_tensors import SparseNetwork
from models.networks import build
from models.training import Recipe, accuracy, repeatable, train
from tests.models.toy import toy, toy_images

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
quantization = pytest.importorskip("onnxruntime.quantization")

CALIBRATION_IMAGES = 256


class _OneBatch(quantization.CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, images: Tensor) -> None:
        self.batches: Iterator[dict[str, Any]] = iter([{"images": images.numpy()}])

    def get_next(self) -> dict[str, Any] | None:
        return next(self.batches, None)


def quantized_by_onnxruntime(network: SparseNetwork, images: Tensor, folder: Path) -> Path:
    """The folded network, quantized with signed weights per filter and unsigned activations."""
    # Weights must lie inside the file: the quantizer cannot follow them to a second one.
    torch.onnx.export(
        network.module,
        (images,),
        folder / "float.onnx",
        dynamo=True,
        external_data=False,
        input_names=["images"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        verbose=False,
    )
    quantization.quantize_static(
        folder / "float.onnx",
        folder / "int8.onnx",
        _OneBatch(images),
        per_channel=True,
        weight_type=quantization.QuantType.QInt8,
        activation_type=quantization.QuantType.QUInt8,
        calibrate_method=quantization.CalibrationMethod.MinMax,
    )
    return folder / "int8.onnx"


def integers(path: Path) -> dict[str, npt.NDArray[np.int8]]:
    """INT8 weights of an ONNX file by layer name."""
    suffix = ".weight_quantized"
    return {
        tensor.name.removesuffix(suffix): onnx.numpy_helper.to_array(tensor)
        for tensor in onnx.load(path).graph.initializer
        if tensor.name.endswith(suffix)
    }


@pytest.mark.slow  # the exporter takes seconds; weights by hand: test_quantization.py
def test_integer_weights_agree_within_one_step(tmp_path: Path) -> None:
    network = SparseNetwork(toy())
    fold_batch_norm(network)
    theirs = integers(quantized_by_onnxruntime(network, toy_images(32), tmp_path))
    quantize(network, toy_images(32))
    assert set(theirs) == set(network.layers)
    for name, layer in network.layers.items():
        ours = weight_int8(layer).reshape(theirs[name].shape)
        difference = np.abs(ours.astype(int) - theirs[name].astype(int))
        assert difference.max() <= 1, name
        assert (difference == 0).mean() > 0.99, name


@pytest.mark.slow  # trains as well
def test_accuracy_agrees_within_noise(tmp_path: Path) -> None:
    digits = load("digits", 0)
    with repeatable(seed=0, threads=1):
        lenet = build("lenet5", num_classes=10, in_channels=1, input_size=32)
        recipe = Recipe(epochs=4, batch_size=128, learning_rate=4e-3, seed=0, threads=1)
        train(lenet, digits, recipe)
    network = SparseNetwork(lenet)
    in_float = accuracy(network.module, digits.test_images, digits.test_labels)
    calibration = digits.train_images[:CALIBRATION_IMAGES]
    path = quantized_by_onnxruntime(network, calibration, tmp_path)
    session = onnxruntime.InferenceSession(path)
    scores = session.run(None, {"images": digits.test_images.numpy()})[0]
    theirs = float((scores.argmax(1) == digits.test_labels.numpy()).mean())
    quantize(network, calibration)
    ours = accuracy(network.module, digits.test_images, digits.test_labels)
    assert in_float > 0.8, "a network that has learnt nothing shows nothing"
    assert abs(ours - theirs) <= 3 / len(digits.test_labels)
    assert abs(ours - in_float) <= 4 / len(digits.test_labels)
