import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import torch
from torch import nn

from models.compression.full_size import FullSizeScheme
from models.compression.scheme import Samples
from models.graph.stored_tensors import SparseNetwork
from models.recording import record
from sim import UserError
from tests.models.toy import INPUTS, seeded_toy


def test_the_trace_names_what_it_is_and_leaves_the_network_as_it_was() -> None:
    network = seeded_toy()
    before = copy.deepcopy(network.state_dict())
    trace = record(network, INPUTS, scheme="dbb", name="mine", weights="seed 5")
    assert (trace.provenance.network, trace.provenance.scheme) == ("mine", "dbb")
    assert "seed 5" in trace.provenance.data
    assert "3 inputs" in trace.provenance.data
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())


def test_the_zeros_of_a_layer_are_those_that_pytorch_computes() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.ReLU(), nn.Conv2d(4, 2, 1))
    with torch.no_grad():
        network[0].weight[1] = -10.0  # dead: its map is all zero on positive inputs
        network[0].weight[2] = 10.0
    trace = record(network, torch.full((2, 3, 5, 5), 0.5))
    second = trace.traces[1].activation
    assert second.shape == (2, 4, 3, 3)
    assert not second[:, 1].any()
    assert second[:, 2].all()


class Shortcut(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 4, 3, padding=1)
        self.relu = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.first(x))
        return self.second(x) + x


@pytest.mark.parametrize("int8", [True, False])
def test_what_is_added_to_an_output_is_recorded_with_int8_and_without(int8: bool) -> None:
    trace = record(Shortcut(), torch.rand(2, 3, 5, 5), int8=int8)
    assert [entry.trace.layer.residual_elements for entry in trace.layers] == [0, 100]


def test_a_scheme_prunes_what_it_says() -> None:
    masks = [entry.trace.weight for entry in record(seeded_toy(), INPUTS, scheme="dbb").layers]
    widest = max(masks, key=lambda mask: mask.shape[1])
    blocks = widest[:, : widest.shape[1] // 8 * 8].reshape(len(widest), -1, 8, *widest.shape[2:])
    assert blocks.sum(axis=2).max() == 4


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (INPUTS[:, :2], "does not take inputs of shape"),
        (INPUTS[:0], "N at least 1"),
        (INPUTS.astype(np.int64), "real numbers"),
        (np.full_like(INPUTS, np.nan), "not finite"),
        ([1.0], "expected an array"),
        (np.array("text"), "one number"),
        (np.array(["text"]), "inputs are <U4; expected numbers"),
    ],
)
def test_inputs_that_do_not_fit_are_one_line(inputs: object, message: str) -> None:
    with pytest.raises(UserError, match=message):
        record(seeded_toy(), inputs)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(3, 16), (2, 5, 16), (2, 4, 6, 16), (1, 2, 3, 4, 16)])
def test_features_and_tokens_need_no_image(shape: tuple[int, ...]) -> None:
    model = nn.Sequential(nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 4))
    inputs = (np.random.default_rng(0).random(shape) < 0.5).astype(np.float32)
    rounded, real = record(model, inputs), record(model, inputs, int8=False)
    each = int(np.prod(shape[:-1]))
    assert [layer.dense_macs for layer in rounded.traces] == [each * 16 * 8, each * 8 * 4]
    for integer, other in zip(rounded.traces, real.traces, strict=True):
        assert integer.layer == other.layer
        assert integer.activation.shape == other.activation.shape
    assert np.array_equal(rounded.traces[0].activation, real.traces[0].activation)


class Standardized(nn.Conv2d):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.conv2d(x, self.weight - self.weight.mean())


def _batch_norm_of(variance: float) -> nn.Module:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 4, 3))
    network.get_buffer("1.running_var")[0] = variance
    return network


def _norm_first() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 3))


def _with_weight(value: float) -> nn.Module:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3))
    network.get_parameter("0.weight").data[0] = value
    return network


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (nn.Sequential(Standardized(3, 4, 3), nn.ReLU()), "0: Standardized computes in a way of"),
        (nn.Sequential(nn.Conv2d(3, 4, 3, device="meta")), "0.weight is on the device meta"),
        (_with_weight(float("inf")), "0.weight holds values that are not finite"),
        (_with_weight(float("nan")), "0.weight holds values that are not finite"),
        (_batch_norm_of(float("nan")), "3: its input holds values that are not finite"),
        (_norm_first(), r"2: batch norm is folded .* int8=False \(--float\) takes any network"),
        (_batch_norm_of(-1.0), "3: its input holds values that are not finite"),
    ],
)
def test_weights_that_say_nothing_of_the_zeros_are_refused_by_name(
    network: nn.Module, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        record(network, INPUTS)


def _sparse() -> nn.Module:
    module = nn.Sequential(nn.Linear(6, 5))
    module[0].weight = nn.Parameter(module[0].weight.detach().to_sparse(), requires_grad=False)
    return module


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (_sparse, "0.weight is a sparse, nested or quantized tensor; expected a plain one"),
        (
            lambda: nn.Sequential(nn.Flatten(), nn.utils.weight_norm(nn.Linear(6, 5))),
            "Sequential cannot be copied .*remove_weight_norm",
        ),
        (
            lambda: nn.Sequential(nn.ReLU()),
            "Sequential has no convolution and no linear layer; int8=False",
        ),
        (lambda: torch.jit.script(nn.Sequential(nn.Linear(6, 5))), "is a TorchScript program"),
        (
            lambda: torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(6, 5))),
            "^0: Linear of torch.ao.nn.quantized.* expected the module before that",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore")  # PyTorch calls some of these old
def test_modules_that_cannot_be_pruned_are_one_line(
    made: Callable[[], nn.Module], message: str
) -> None:
    model = made()
    with pytest.raises(UserError, match=message) as refused:
        record(model, np.zeros((2, 6), np.float32))
    assert "\n" not in str(refused.value)


def test_turned_axes_and_other_orders_of_bytes_are_the_same_numbers() -> None:
    plain = record(seeded_toy(), INPUTS, int8=False)
    for inputs in (INPUTS[:, :, ::-1].copy()[:, :, ::-1], INPUTS.astype(">f4")):
        for layer, other in zip(
            plain.traces, record(seeded_toy(), inputs, int8=False).traces, strict=True
        ):
            assert np.array_equal(layer.activation, other.activation)
    with pytest.raises(UserError, match="one number"):
        record(seeded_toy(), np.array(3.0), int8=False)


def test_what_a_module_itself_refuses_is_one_line() -> None:
    class Picky(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            torch._assert(x.shape[-1] == 99, "wants 99")  # as timm does
            return x

    for int8 in (True, False):
        with pytest.raises(UserError, match=r"^Picky does not .*: wants 99$"):
            record(Picky(), INPUTS, int8=int8)


def test_unknown_schemes_and_things_that_are_no_network_are_refused() -> None:
    with pytest.raises(UserError, match="magnitude"):
        record(seeded_toy(), INPUTS, scheme="magnitud")
    with pytest.raises(UserError, match=r"torch\.nn\.Module"):
        record("resnet50", INPUTS)  # type: ignore[arg-type]


def test_any_network_is_recorded_as_it_is_with_the_products_of_its_activations() -> None:
    torch.manual_seed(1)
    network = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
    with pytest.raises(UserError):
        record(network, np.ones((1, 4, 16), dtype=np.float32))
    trace = record(network, np.ones((2, 4, 16), dtype=np.float32), int8=False)
    assert "not INT8" in trace.provenance.data
    assert sum(t.layer.is_product for t in trace.traces) == 2
    with pytest.raises(UserError, match=r"no fixed graph: .*int8=False .* unpruned"):
        record(network, np.ones((2, 4, 16), dtype=np.float32), int8=False, scheme="dbb")


@pytest.mark.parametrize("scheme", ["dense", "magnitude", "dbb"])
def test_both_kinds_of_numbers_are_recorded_of_the_same_pruned_weights(scheme: str) -> None:
    trace = record(seeded_toy(), INPUTS, scheme=scheme)
    assert list(trace.forms) == ["int8", "real"]
    rounded, real = trace.form("int8"), trace.form("real")
    assert "rounded to INT8; 3 inputs" in rounded.provenance.data
    assert "not INT8); 3 inputs" in real.provenance.data
    for one, two in zip(rounded.layers, real.layers, strict=True):
        assert not (one.trace.weight & ~two.trace.weight).any()  # rounding only adds zeros
        assert one.trace.activation_bound == two.trace.activation_bound
        assert two.weight_int8 is None
    first = record(seeded_toy(), INPUTS, scheme=scheme, int8=False)
    assert first.numbers == "real"
    for one, two in zip(first.layers, real.layers, strict=True):
        assert np.array_equal(one.trace.weight, two.trace.weight)
        assert np.array_equal(one.trace.activation, two.trace.activation)


@dataclass(frozen=True, kw_only=True)
class Late(FullSizeScheme):
    """A scheme that acts on rounded numbers."""

    after_rounding: ClassVar[bool] = True

    def prune(self, network: SparseNetwork, samples: Samples) -> str | None:
        del network, samples
        return "late"


def test_a_scheme_that_prunes_what_rounding_leaves_has_no_real_zeros(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("models.module_recording.full_size_scheme", lambda _: Late)
    assert record(seeded_toy(), INPUTS, scheme="late").other is None
    with pytest.raises(UserError, match="scheme late prunes what INT8 rounding leaves"):
        record(seeded_toy(), INPUTS, scheme="late", int8=False)


def test_rows_of_features_are_inputs_too() -> None:
    network = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 2))
    trace = record(network, np.random.default_rng(0).normal(size=(3, 6)).astype(np.float32))
    assert [layer.layer.dense_macs for layer in trace.traces] == [30, 10]
    assert {layer.images for layer in trace.traces} == {3}
