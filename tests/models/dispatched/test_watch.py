import pytest
import torch
from torch import Tensor, nn

from models.dispatched import record_any
from models.dispatched.watch import ProductWatch
from models.graph.layer_table import layer_table
from models.products import Reading
from tests.models.lambdas import Lambda


class Pieces(nn.Module):
    """Two layers write parts of one tensor, which a third reads; weights are folded beforehand."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Linear(3, 2, bias=False), nn.Linear(3, 2, bias=False)
        self.last = nn.Linear(4, 5, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        both = torch.zeros(len(x), 4)
        both[:, :2] = self.left(x)
        both[:, 2:] = self.right(x)
        folded = self.last.weight @ torch.eye(4)
        return both @ folded.t() + self.last.weight.sum()


def test_makers_are_followed_through_what_is_written_in_place() -> None:
    module, x = Pieces(), torch.ones(1, 3)
    watch = ProductWatch(module, [x])
    with torch.no_grad(), watch:
        module(x)
    names = [product.layer.name for product in watch.products]
    assert names == ["left", "right", "Pieces"]  # the product of weights alone is none
    reading = [Reading("Pieces", "activation")]
    assert watch.readers == dict.fromkeys(("left", "right"), reading)
    assert watch.products[2].layer.dense_macs == 20


def channels(x: Tensor) -> Tensor:
    return torch.cat([x, x], 1)


def conv(channels_out: int = 4, channels_in: int = 4, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(channels_in, channels_out, 3, stride, padding=1)


ADDING = {
    "an identity shortcut": (
        Lambda(lambda s, x: s.b(y := s.a(x)) + y, a=conv(), b=conv()),
        {"b": 144},
    ),
    "into a tensor": (
        Lambda(lambda s, x: s.b(y := s.a(x)).add_(y), a=conv(), b=conv()),
        {"b": 144},
    ),
    "the input itself": (Lambda(lambda s, x: x + s.a(x), a=conv()), {"a": 144}),
    "a shortcut that is a convolution and runs last": (
        Lambda(lambda s, x: s.a(x).relu() + s.down(x), a=conv(6, 4, 2), down=conv(6, 4, 2)),
        {"down": 54},
    ),
    "a shortcut that runs first": (
        Lambda(lambda s, x: s.down(x) + s.a(x), a=conv(), down=conv()),
        {"a": 144},
    ),
    "two additions at one layer": (
        Lambda(lambda s, x: (y := s.a(x)) + s.b(y) + x, a=conv(), b=conv()),
        {"b": 288},
    ),
    "a sum that waits for the next": (
        Lambda(lambda s, x: (y := x + s.a(x)) + s.b(y), a=conv(), b=conv()),
        {"a": 144, "b": 144},
    ),
    "a concatenation is none": (
        Lambda(lambda s, x: s.b(torch.cat([x, s.a(x)], 1)), a=conv(), b=conv(4, 8)),
        {},
    ),
    "a concatenation that waits": (
        Lambda(lambda s, x: s.a(x) + channels(x), a=conv(8)),
        {"a": 288},
    ),
    "one value for each channel": (
        Lambda(lambda s, x: s.a(x) + x.mean((2, 3), keepdim=True), a=conv()),
        {"a": 4},
    ),
    "values of one layer": (
        Lambda(lambda s, x: (y := s.a(x)) + y.relu() + y.mean(), a=conv()),
        {},
    ),
    "parameters and numbers": (
        Lambda(lambda s, x: s.a(x) + s.b.bias[:, None, None] + 3, a=conv(), b=conv()),
        {},
    ),
    "a gate": (Lambda(lambda s, x: (y := s.a(x)) * s.b(y).sigmoid(), a=conv(), b=conv()), {}),
}


@pytest.mark.parametrize("case", ADDING)
def test_what_waits_for_an_addition_in_both_ways_to_record(case: str) -> None:
    module, expected = ADDING[case]
    trace = record_any(module, torch.rand(2, 4, 6, 6))
    for layers in ([entry.trace.layer for entry in trace.layers], layer_table(module, (4, 6, 6))):
        waiting = {layer.name: layer.residual_elements for layer in layers}
        assert {name: elements for name, elements in waiting.items() if elements} == expected
