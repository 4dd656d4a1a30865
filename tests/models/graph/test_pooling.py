from typing import Any

import pytest
import torch
from torch import nn

from models.graph.pooling import MaxPool2d
from models.graph.stored_tensors import SparseNetwork

FORMS: list[dict[str, Any]] = [
    {"kernel_size": 2},
    {"kernel_size": (2, 2), "stride": 2},
    {"kernel_size": 2, "stride": 1},
    {"kernel_size": (2, 1), "stride": 2},
    {"kernel_size": 3, "stride": 2, "padding": 1},
    {"kernel_size": 3, "stride": 2, "ceil_mode": True},
    {"kernel_size": 2, "padding": 1},
    {"kernel_size": 2, "dilation": 2},
    {"kernel_size": 5, "stride": 1, "padding": 2},
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sides", [(8, 6), (9, 6), (7, 11)])
@pytest.mark.parametrize("order", [torch.contiguous_format, torch.channels_last])
def test_results_and_their_order_of_memory_are_pytorchs(
    form: dict[str, Any], sides: tuple[int, int], order: torch.memory_format
) -> None:
    values = torch.randn(3, 5, *sides, generator=torch.Generator().manual_seed(0))
    values[0, 0, 1, 1] = torch.nan
    given = values.contiguous(memory_format=order)
    pooled, expected = MaxPool2d(**form)(given), nn.MaxPool2d(**form)(given)
    assert torch.equal(pooled.nan_to_num(7.0), expected.nan_to_num(7.0))
    assert pooled.stride() == expected.stride()


def test_gradients_are_pytorchs_where_values_are_equal() -> None:
    gradients = []
    for kind in (MaxPool2d, nn.MaxPool2d):
        values = torch.ones(1, 2, 4, 4, requires_grad=True)
        torch.autograd.backward(kind(2)(values).sum())
        assert values.grad is not None
        gradients.append(values.grad)
    ours, theirs = gradients
    assert torch.equal(ours, theirs)


def test_a_network_that_is_changed_pools_quickly_and_the_one_given_as_before() -> None:
    pool = nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True)
    given = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Sequential(nn.ReLU(), pool)).eval()
    network = SparseNetwork(given).module
    quick = network.get_submodule("1.1")
    assert isinstance(quick, MaxPool2d)
    assert given[1][1] is pool
    assert (quick.extra_repr(), quick.training) == (pool.extra_repr(), False)
    images = torch.randn(2, 3, 9, 8)
    assert torch.equal(network(images), given(images))
