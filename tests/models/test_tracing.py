import copy
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from models.compression.activation_dbb import set_bounds
from models.compression.quantization import quantize
from models.compression.schemes.dbb import Dbb
from models.compression.weight_masks import make_masks_permanent
from models.dispatched import record_any
from models.graph.activation_product import ActivationProduct
from models.graph.stored_tensors import SparseNetwork
from models.networks.vit import Attention
from models.tracing import trace_network
from sim import NetworkTrace, Provenance, read_trace, write_trace
from sim.masks.density_bound import tightest_bound
from sim.masks.totals import effectual_macs as layer_totals
from tests.models.attention import Chunked, Packed, encoder, images
from tests.models.compression.samples import samples
from tests.models.toy import toy, toy_images
from tests.reference.windows import effectual_macs

PROVENANCE = Provenance("toys", "toy", "dbb", "measured", "measured", "random images")
BOUNDS = {"pointwise": 4, "conv": 3, "strided": 2, "fc1": 1}


def traced_toy() -> tuple[SparseNetwork, NetworkTrace]:
    network = SparseNetwork(toy())
    Dbb(weight_bound=4, activation_budget_points=None).prune(network, samples())
    set_bounds(network, BOUNDS)
    make_masks_permanent(network)
    quantize(network, toy_images(16, seed=3))
    return network, trace_network(toy(seed=5), network, toy_images(2), PROVENANCE)


def test_effectual_macs_of_every_layer_equal_a_convolution_of_the_zeros() -> None:
    network, trace = traced_toy()
    counted: dict[str, int] = {}

    def count(name: str, layer: torch.nn.Module, x: torch.Tensor) -> None:
        nonzero = (x != 0).double()
        weight = (layer.weight != 0).double()
        if isinstance(layer, torch.nn.Conv2d):
            pairs = F.conv2d(
                nonzero, weight, stride=layer.stride, padding=layer.padding, groups=layer.groups
            )
        else:
            pairs = F.linear(nonzero, weight)
        counted[name] = int(pairs.sum())

    for name, layer in network.layers.items():
        layer.register_forward_pre_hook(
            lambda layer, inputs, name=name: count(name, layer, inputs[0])
        )
    network.module(toy_images(2))
    assert {t.layer.name: effectual_macs(t) for t in trace.traces} == counted
    assert counted["depthwise"] > 0


def test_masks_keep_their_bounds_and_unpruned_layers_promise_nothing() -> None:
    _, trace = traced_toy()
    for layer in trace.traces:
        name = "conv" if layer.layer.name == "shortcut" else layer.layer.name
        assert layer.activation_bound == BOUNDS.get(name, 8), name
        assert tightest_bound(layer.activation) <= BOUNDS.get(name, 8), name
        spared = layer.layer.name in ("stem", "depthwise", "fc2")
        assert spared or layer.weight_bound <= 4


def test_order_consumers_and_written_masks() -> None:
    _, trace = traced_toy()
    assert {e.trace.layer.name: e.consumer for e in trace.layers} == {
        "stem": "depthwise",
        "depthwise": "pointwise",
        "pointwise": "conv",
        "conv": "strided",
        "shortcut": "strided",
        "strided": "fc1",
        "fc1": "fc2",
        "fc2": None,
    }
    written = {t.layer.name: t.output for t in trace.traces}
    read = {t.layer.name: t.activation for t in trace.traces}
    assert written["strided"] is not None
    assert np.array_equal(written["strided"], read["fc1"])
    assert written["fc2"] is None


def test_negative_inputs_count_and_zero_is_the_only_zero() -> None:
    _, trace = traced_toy()
    stem = next(t for t in trace.traces if t.layer.name == "stem")
    # Random normal images: only values within half a step of zero round to it.
    assert 0.97 < stem.activation_density < 1.0


def test_trace_survives_the_file_and_has_the_same_bytes_twice(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_trace(tmp_path / name, traced_toy()[1])
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    back, trace = read_trace(tmp_path / "a"), traced_toy()[1]
    for ours, theirs in zip(trace.layers, back.layers, strict=True):
        assert ours.weight_int8 is not None
        assert np.array_equal(ours.weight_int8, theirs.weight_int8)
        assert np.array_equal(ours.trace.activation, theirs.trace.activation)
        assert ours.trace.activation_bound == theirs.trace.activation_bound


class Mixer(torch.nn.Module):
    """Zeros before a convolution, one activation module used twice, and a layer over tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.pad, self.relu = torch.nn.ZeroPad2d(1), torch.nn.ReLU()
        self.conv = torch.nn.Conv2d(3, 8, 3)
        self.tokens = torch.nn.Linear(8, 5)
        self.fc = torch.nn.Linear(5 * 81, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.conv(self.pad(x)))
        x = self.relu(self.tokens(x.flatten(2).transpose(1, 2)))
        scores: torch.Tensor = self.fc(torch.flatten(x, 1))
        return scores


def test_zeros_before_a_layer_tokens_and_a_shared_activation_are_traced_exactly() -> None:
    torch.manual_seed(0)
    network, images = Mixer(), toy_images(2)
    quantized = SparseNetwork(network)
    quantize(quantized, images)
    trace = trace_network(Mixer(), quantized, images, PROVENANCE)
    counted: dict[str, int] = {}

    def count(name: str, layer: torch.nn.Module, x: torch.Tensor) -> None:
        nonzero = (x != 0).double()
        kept = (layer.weight != 0).double()
        pairs = (
            F.conv2d(nonzero, kept)
            if isinstance(layer, torch.nn.Conv2d)
            else F.linear(nonzero, kept)
        )
        counted[name] = int(pairs.sum())

    for name, layer in quantized.layers.items():
        layer.register_forward_pre_hook(
            lambda layer, inputs, name=name: count(name, layer, inputs[0])
        )
    quantized.module(images)
    assert {t.layer.name: effectual_macs(t) for t in trace.traces} == counted
    conv, tokens, fc = (entry.layer for entry in trace.traces)
    assert (conv.padding, conv.input_size) == ((1, 1), (9, 9))
    assert (tokens.input_shape, fc.in_channels) == ((8, 9, 9), 405)
    assert tokens.is_linear
    assert {entry.trace.layer.name: entry.consumer for entry in trace.layers} == {
        "conv": "tokens",
        "tokens": "fc",
        "fc": None,
    }


def test_attention_is_traced_as_pytorch_runs_it_on_the_rounded_numbers() -> None:
    """Against `record_any`, which asks PyTorch's dispatcher and knows nothing of stored tensors."""
    network, pictures = SparseNetwork(encoder()), images(2)
    Dbb(weight_bound=4, activation_budget_points=None).prune(network, samples())
    set_bounds(network, {"blocks.0.attn.query": 5, "blocks.1.fc2": 3})
    make_masks_permanent(network)
    quantize(network, images(8, seed=3))
    trace = trace_network(encoder(seed=5), network, pictures, PROVENANCE)
    run = record_any(network.module, pictures)
    for ours, theirs in zip(trace.layers, run.layers, strict=True):
        layer = ours.trace.layer
        assert theirs.trace.layer == layer
        assert np.array_equal(ours.trace.weight, theirs.trace.weight)
        assert np.array_equal(ours.trace.activation, theirs.trace.activation)
        assert (ours.consumer or "") == (theirs.consumer or "")
        assert ours.consumer_operand == theirs.consumer_operand
        assert (ours.weight_int8 is None) == layer.is_product


def test_attention_keeps_its_bounds_along_the_features_of_each_token() -> None:
    network = SparseNetwork(encoder())
    Dbb(weight_bound=2, activation_budget_points=None).prune(network, samples())
    set_bounds(network, {tensor.name: 3 for tensor in network.stored})
    make_masks_permanent(network)
    quantize(network, images(4))
    for entry in trace_network(encoder(), network, images(2), PROVENANCE).traces:
        pruned = not entry.layer.is_product
        assert entry.activation_bound == (3 if pruned else 8), entry.layer.name
        assert tightest_bound(entry.activation) <= entry.activation_bound
        assert entry.layer.name in ("conv_proj", "head") or entry.weight_bound <= 2 or not pruned


def test_effectual_macs_of_attention_equal_products_of_the_zeros(tmp_path: Path) -> None:
    sharp, pictures = encoder(channels=16), images(2)
    for module in sharp.modules():
        if isinstance(module, Attention):
            module.scale *= 40  # else random shares are all alike, and none rounds to zero
    network = SparseNetwork(sharp)
    quantize(network, pictures)
    trace = trace_network(encoder(channels=16), network, pictures, PROVENANCE)
    write_trace(tmp_path / "a", trace)
    counted: dict[str, int] = {}

    def count(name: str, operands: tuple[torch.Tensor, ...]) -> None:
        first, second = ((x != 0).double() for x in operands)
        counted[name] = int(torch.einsum("nhti,nhic->", first, second))

    for name, module in network.module.named_modules():
        if isinstance(module, ActivationProduct):
            module.register_forward_pre_hook(lambda _, xs, name=name: count(name, xs))
    network.module(pictures)
    products = [entry for entry in read_trace(tmp_path / "a").traces if entry.layer.is_product]
    assert {entry.layer.name: int(layer_totals(entry).sum()) for entry in products} == counted
    assert len(counted) == 4
    shares = next(entry for entry in products if entry.layer.name == "blocks.0.attn.mixed")
    assert shares.activation_density < 0.9


@pytest.mark.parametrize("kind", [Packed, Chunked])
def test_a_layer_that_is_read_in_pieces_writes_all_of_them(kind: type[Packed]) -> None:
    """Against the projection's own result, value by value."""
    torch.manual_seed(0)
    module, pictures = kind().eval(), images(2)
    with torch.no_grad():
        expected = (module.packed(pictures) != 0).movedim(-1, 1).reshape(2, 24, 8, 8)
    quantized = SparseNetwork(copy.deepcopy(module))
    quantize(quantized, pictures)
    for trace in (
        record_any(module, pictures),
        trace_network(kind().eval(), quantized, pictures, PROVENANCE),
    ):
        entry = next(entry for entry in trace.layers if entry.trace.layer.name == "qkv")
        assert [operand for _, operand in entry.pieces] == ["weight", "weight"]
        written = next(one for one in trace.traces if one.layer.name == "qkv").output
        assert written is not None
        assert written.shape == (2, 24, 8, 8)
        if entry.weight_int8 is None:  # rounding makes further zeros
            assert np.array_equal(written, expected.numpy())
