"""An ONNX file gives the trace that PyTorch gives for the exported network, bit for bit."""

from pathlib import Path

import numpy as np
import pytest
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

from models.networks import build
from models.recording import record
from sim import NetworkTrace
from tests.models.lambdas import torch_macs
from tests.models.onnx_import.exported_networks import (
    FOLDER,
    NETWORKS,
    exact,
    exact_inputs,
    export,
)


def assert_same(trace: NetworkTrace, other: NetworkTrace) -> None:
    """Layers, names, who reads whom, and every zero."""
    assert [one.layer for one in trace.traces] == [one.layer for one in other.traces]
    for one, two in zip(trace.layers, other.layers, strict=True):
        assert np.array_equal(one.trace.weight, two.trace.weight), one.trace.layer.name
        assert np.array_equal(one.trace.activation, two.trace.activation), one.trace.layer.name
        assert one.consumer == two.consumer
        assert one.consumer_operand == two.consumer_operand


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("name", NETWORKS)
def test_the_trace_is_that_of_the_module(name: str) -> None:
    inputs = exact_inputs(3)
    trace = record(FOLDER / f"{name}.onnx", inputs)
    module = record(exact(name), inputs, int8=False)
    assert_same(trace, module)
    shares = [one.activation_density for one in trace.traces[1:]]
    assert min(shares) < 0.7  # there are zeros to agree on
    assert "not INT8" in trace.provenance.data
    assert trace.provenance.network == name


def test_rounded_to_int8_the_zeros_are_those_of_the_rounded_module() -> None:
    inputs = exact_inputs(3)
    trace = record(FOLDER / "convolutions.onnx", inputs, int8=True)
    assert "INT8" in trace.provenance.data
    assert_same(trace, record(exact("convolutions"), inputs, int8=True))


class Calibration(CalibrationDataReader):
    """Images for onnxruntime's quantizer."""

    def __init__(self, images: np.ndarray) -> None:
        self._images = iter(images)

    def get_next(self) -> dict[str, np.ndarray] | None:
        image = next(self._images, None)
        return None if image is None else {"x": image[None]}


def test_both_forms_of_onnxruntimes_quantizer_give_the_same_zeros(tmp_path: Path) -> None:
    """Nodes around layers of real numbers, and layers on integers; names stay."""
    inputs, traces = exact_inputs(3), []
    for form in (QuantFormat.QDQ, QuantFormat.QOperator):
        path = tmp_path / f"{form}.onnx"
        reader = Calibration(inputs)
        quantize_static(FOLDER / "convolutions.onnx", path, reader, quant_format=form)
        traces.append(record(path, inputs))
        assert "INT8 zeros as the network quantizes them; 3 inputs" in traces[-1].provenance.data
    assert_same(*traces)
    plain = record(FOLDER / "convolutions.onnx", inputs)
    assert [one.layer for one in traces[0].traces] == [one.layer for one in plain.traces]


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_the_stored_exports_are_those_of_the_networks(name: str, tmp_path: Path) -> None:
    path = tmp_path / "new.onnx"
    path.write_bytes(export(exact(name), torch.from_numpy(exact_inputs())))
    inputs = exact_inputs(1)
    assert_same(record(path, inputs), record(FOLDER / f"{name}.onnx", inputs))


PUBLISHED = [
    "alexnet",
    "efficientnet_lite0",
    "googlenet",
    "mobilenet_v1",
    "mobilenet_v2",
    "mobilenet_v3_large",
    "resnet18",
    "resnet50",
    "vgg16",
    "yolov5s",
]


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_networks_count_as_pytorch_does(name: str, tmp_path: Path) -> None:
    """Ten networks as exported: the multiplications of PyTorch's counter, the layers of a run."""
    torch.manual_seed(0)
    network = build(name, width=0.25, num_classes=10, input_size=64).eval()
    inputs = torch.randn(1, 3, 64, 64)
    path = tmp_path / f"{name}.onnx"
    path.write_bytes(export(network, inputs))
    trace = record(path, inputs.numpy())
    assert sum(one.layer.dense_macs for one in trace.traces) == torch_macs(network, inputs)
    module = record(network, inputs, int8=False)
    if name != "efficientnet_lite0":  # stores zeros of its padding, which its export has not to
        assert [one.layer for one in trace.traces] == [one.layer for one in module.traces]
    for one, two in zip(trace.traces, module.traces, strict=True):
        assert np.array_equal(one.weight, two.weight)
