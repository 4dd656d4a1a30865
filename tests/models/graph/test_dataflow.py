import pytest
import torch
from torch import Tensor, fx, nn

from models.graph.dataflow import (
    RECTIFIERS,
    InputKind,
    input_kind,
    layer_inputs,
    paths_to_layers,
)
from models.graph.layer_table import layer_graph
from tests.models.toy import INPUT_SHAPE, toy


class Gated(nn.Module):
    """A map times a gate that is a ReLU's output too, so that only its side tells them apart."""

    def __init__(self, *, map_first: bool = True) -> None:
        super().__init__()
        self.map_first = map_first
        self.stem = nn.Conv2d(3, 4, 1)
        self.map_relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.shrink = nn.AdaptiveAvgPool2d(1)
        self.gate = nn.Conv2d(4, 4, 1)
        self.gate_relu = nn.ReLU()
        self.last = nn.Conv2d(4, 5, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.map_relu(self.stem(x))
        gate = self.gate_relu(self.gate(self.shrink(x)))
        x = self.pool(x)
        scores: Tensor = self.last(x * gate if self.map_first else gate * x)
        return scores


def paths(network: nn.Module, rectifier: str) -> dict[str, int]:
    """Layers that the rectifier's zeros reach, each with the number of poolings in between."""
    graph, modules = layer_graph(network), dict(network.named_modules())
    (node,) = (node for node in graph.nodes if node.target == rectifier)
    assert isinstance(modules[rectifier], RECTIFIERS)
    return {name: len(pools) for name, pools in paths_to_layers(node, modules)}


def test_zeros_pass_a_product_from_the_map_and_not_from_the_gate() -> None:
    assert paths(Gated(), "map_relu") == {"last": 1}
    assert paths(Gated(), "gate_relu") == {}
    assert paths(Gated(map_first=False), "map_relu") == {}
    assert paths(Gated(map_first=False), "gate_relu") == {"last": 0}


def test_kind_of_a_product_is_the_kind_of_its_map() -> None:
    class Product(nn.Module):
        def __init__(self, map_first: bool) -> None:
            super().__init__()
            self.map_first = map_first
            self.stem = nn.Conv2d(3, 4, 1)
            self.relu = nn.ReLU()
            self.squeeze = nn.AdaptiveAvgPool2d(1)
            self.last = nn.Conv2d(4, 5, 1)

        def forward(self, x: Tensor) -> Tensor:
            x = self.relu(self.stem(x))
            pooled = self.squeeze(x)
            scores: Tensor = self.last(x * pooled if self.map_first else pooled * x)
            return scores

    kinds = [layer_inputs(Product(first), (3, 8, 8))[-1].kind for first in (True, False)]
    assert kinds == [InputKind.RELU, InputKind.POOLED]


def test_inputs_of_the_toy() -> None:
    rows = layer_inputs(toy(), INPUT_SHAPE)
    assert [(row.layer.name, row.tensor, str(row.kind)) for row in rows] == [
        ("stem", "stem", "image"),
        ("depthwise", "depthwise", "relu"),
        ("pointwise", "pointwise", "relu"),
        ("conv", "conv", "relu"),
        ("shortcut", "conv", "relu"),
        ("strided", "strided", "residual"),
        ("fc1", "fc1", "relu"),
        ("fc2", "fc2", "relu"),
    ]


def test_zeros_of_the_toy_reach_the_next_layers_through_pooling_but_not_through_a_layer() -> None:
    assert paths(toy(), "relu2") == {"conv": 0, "shortcut": 0}
    assert paths(toy(), "relu3") == {"strided": 1}


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        (lambda x, y: x + y, InputKind.SUM),
        (lambda x, y: torch.cat([x, y], 1), InputKind.RELU),
        (lambda x, y: x - y, InputKind.SIGNED),
        (lambda x, y: torch.cat([x, y - x], 1), InputKind.SIGNED),
    ],
)
def test_kind_of_what_two_rectified_maps_make(operation, kind: InputKind) -> None:  # type: ignore[no-untyped-def]
    class Pair(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.ReLU(), nn.ReLU6()

        def forward(self, x: Tensor) -> Tensor:
            result: Tensor = operation(self.first(x), self.second(x))
            return result

    network = Pair()
    graph = fx.Tracer().trace(network)
    (output,) = (node for node in graph.nodes if node.op == "output")
    assert input_kind(output.all_input_nodes[0], dict(network.named_modules())) is kind
