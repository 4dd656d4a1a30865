"""An ONNX file gives the trace that PyTorch gives for the exported network, bit for bit."""

import contextlib
import copy
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static
from torch import nn

from models.networks import build
from models.recording import record
from sim import NetworkTrace, UserError
from tests.models.lambdas import torch_macs
from tests.models.onnx_import.exported_networks import (
    FOLDER,
    NETWORKS,
    exact,
    exact_inputs,
    export,
)
from tests.models.onnx_import.onnx_graphs import model, node, written


def assert_same(trace: NetworkTrace, other: NetworkTrace) -> None:
    """Layers, names, who reads whom, and every zero."""
    assert [layer.layer for layer in trace.traces] == [layer.layer for layer in other.traces]
    for one, two in zip(trace.layers, other.layers, strict=True):
        assert np.array_equal(one.trace.weight, two.trace.weight), one.trace.layer.name
        assert np.array_equal(one.trace.activation, two.trace.activation), one.trace.layer.name
        assert one.consumer == two.consumer
        assert one.consumer_operand == two.consumer_operand
        assert one.pieces == two.pieces


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("name", NETWORKS)
def test_the_trace_is_that_of_the_module(name: str) -> None:
    inputs = exact_inputs(3)
    trace = record(FOLDER / f"{name}.onnx", inputs)
    module = record(exact(name), inputs, int8=False)
    assert_same(trace, module)
    if name != "other_axes":  # the one without a shortcut
        assert any(layer.layer.residual_elements for layer in trace.traces)
    if name != "other_axes":  # PyTorch counts a transposed convolution without the zeros between
        expected = torch_macs(exact(name), torch.from_numpy(inputs[:1]))
        assert sum(layer.layer.dense_macs for layer in trace.traces) == expected
    shares = [layer.activation_density for layer in trace.traces[1:]]
    assert min(shares) < 0.7  # there are zeros to agree on
    assert "not INT8" in trace.provenance.data
    assert trace.provenance.network == name


def test_rounded_to_int8_the_zeros_are_those_of_the_rounded_module() -> None:
    inputs = exact_inputs(3)
    trace = record(FOLDER / "convolutions.onnx", inputs, int8=True)
    assert "INT8" in trace.provenance.data
    assert_same(trace, record(exact("convolutions"), inputs, int8=True))


def _chain(channels: tuple[int, ...], folder: Path) -> tuple[nn.Sequential, Path]:
    """Convolutions with weights that are no multiples of anything, in PyTorch and as a file."""
    torch.manual_seed(0)
    modules: list[nn.Module] = []
    nodes, stored = [], {}
    for place, (inner, outer) in enumerate(pairwise(channels)):
        layer = nn.Conv2d(inner, outer, 3, padding=1)
        modules += [layer, nn.ReLU()]
        weight, bias, read = f"{2 * place}.weight", f"{2 * place}.bias", f"r{place - 1}"
        stored |= {weight: layer.weight.detach().numpy()}
        stored |= {bias: layer.bias.detach().numpy()} if layer.bias is not None else {}
        taken = read if place else "x"
        nodes.append(node("Conv", [taken, weight, bias], [f"c{place}"], pads=[1, 1, 1, 1]))
        nodes.append(node("Relu", [f"c{place}"], [f"r{place}"]))
    proto = model(nodes, {"x": ["n", channels[0], 48, 48]}, stored)
    return nn.Sequential(*modules).eval(), written(folder, proto)


def test_sums_in_another_order_flip_no_more_than_a_few_zeros_in_a_million(tmp_path: Path) -> None:
    """What differs lies within rounding of zero; INT8 passes it on to what is computed of it."""
    network, path = _chain((3, 16, 24, 24, 8), tmp_path)
    inputs = np.random.default_rng(0).normal(size=(2, 3, 48, 48)).astype(np.float32)
    with torch.no_grad():
        sums = [torch.from_numpy(inputs).double()]
        for module in copy.deepcopy(network).double():
            sums.append(module(sums[-1]))
    for int8, bound in ((False, 7e-6), (True, 5e-3)):
        trace, plain = record(path, inputs, int8=int8), record(network, inputs, int8=int8)
        assert trace.numbers == plain.numbers
        differing, total = 0, 0
        for place, (ours, theirs) in enumerate(zip(trace.traces, plain.traces, strict=True)):
            assert ours.layer == theirs.layer
            assert np.array_equal(ours.weight, theirs.weight)
            flips = ours.activation != theirs.activation
            if place and not int8:
                near = np.abs(sums[2 * place - 1].numpy()) < 1e-5
                assert near[flips].all()
            differing, total = differing + int(flips.sum()), total + flips.size
        print(f"{trace.numbers}: {differing} of {total} zeros differ")
        assert differing <= bound * total


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_are_traced_or_refused_in_one_line(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    path = tmp_path / "net.onnx"
    for name in NETWORKS:
        data = bytearray((FOLDER / f"{name}.onnx").read_bytes())
        for place in rng.integers(0, len(data), 3):
            data[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(data)
        with contextlib.suppress(UserError):  # whatever else is raised is a defect
            record(path, exact_inputs(1), int8=bool(seed % 2))


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
    assert [layer.layer for layer in traces[0].traces] == [layer.layer for layer in plain.traces]


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
    assert sum(layer.layer.dense_macs for layer in trace.traces) == torch_macs(network, inputs)
    module = record(network, inputs, int8=False)
    if name != "efficientnet_lite0":  # stores zeros of its padding, which its export has not to
        assert [layer.layer for layer in trace.traces] == [layer.layer for layer in module.traces]
    for one, two in zip(trace.traces, module.traces, strict=True):
        assert np.array_equal(one.weight, two.weight)


class Mixing(nn.Module):
    """The blocks of ViT, ConvNeXt and MLP-Mixer: attention, wide depthwise, across tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 4, 4)
        self.wide = nn.Conv2d(16, 16, 7, padding=3, groups=16)
        self.norm, self.inner = nn.LayerNorm(16), nn.LayerNorm(16)
        self.grow, self.shrink = nn.Linear(16, 64), nn.Linear(64, 16)
        self.token = nn.Parameter(torch.zeros(1, 1, 16))
        self.qkv, self.project = nn.Linear(16, 48), nn.Linear(16, 16)
        self.across = nn.Linear(65, 65)
        self.head = nn.Linear(16, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.patches(x)
        inner = self.norm(self.wide(x).permute(0, 2, 3, 1))
        x = x + self.shrink(F.gelu(self.grow(inner))).permute(0, 3, 1, 2)
        x = torch.cat([self.token.expand(len(x), -1, -1), x.flatten(2).transpose(1, 2)], dim=1)
        qkv = self.qkv(self.inner(x)).reshape(len(x), 65, 3, 4, 4).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2])
        x = x + self.project(attended.transpose(1, 2).flatten(2))
        x = x + self.across(x.transpose(1, 2)).transpose(1, 2)
        return self.head(x[:, 0])


@pytest.mark.slow
@pytest.mark.parametrize("dynamic", [False, True])
def test_blocks_of_later_networks_as_exported(dynamic: bool, tmp_path: Path) -> None:
    torch.manual_seed(0)
    network, inputs = Mixing().eval(), torch.randn(2, 3, 32, 32)
    path = tmp_path / "net.onnx"
    path.write_bytes(export(network, inputs, dynamic=dynamic))
    trace, module = record(path, inputs), record(network, inputs, int8=False)
    assert_same(trace, module)
    packed = next(entry for entry in trace.layers if entry.trace.layer.name == "qkv")
    assert [operand for _, operand in packed.pieces] == ["weight", "weight"]
    expected = torch_macs(network, inputs[:1])
    assert sum(layer.layer.dense_macs for layer in trace.traces) == expected
