import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from models.networks.same_padding import same_padded


@pytest.mark.parametrize("size", [7, 14, 15, 28, 56])
@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (3, 2), (5, 1), (5, 2), (1, 2)])
def test_padding_is_tensorflows(size: int, kernel: int, stride: int) -> None:
    before, convolution = same_padded(3, 4, kernel, stride, size)
    x = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(0))
    missing = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    sides = (missing // 2, missing - missing // 2) * 2
    expected = F.conv2d(F.pad(x, sides), convolution.weight, stride=stride)
    assert expected.shape[2] == -(-size // stride)
    torch.testing.assert_close(convolution(before(x)), expected)


def test_even_padding_is_the_convolutions() -> None:
    before, convolution = same_padded(3, 3, 5, 1, 14, groups=3)
    assert isinstance(before, nn.Identity)
    assert (convolution.padding, convolution.groups) == ((2, 2), 3)


def test_only_the_odd_row_is_added_before() -> None:
    before, convolution = same_padded(3, 3, 5, 2, 14)
    assert before(torch.zeros(1, 3, 14, 14)).shape == (1, 3, 15, 15)
    assert convolution.padding == (1, 1)
