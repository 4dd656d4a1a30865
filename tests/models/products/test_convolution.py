import numpy as np
import pytest
import torch
from torch import Tensor, nn

from models.dispatched import record_any
from models.products.convolution import transposed_weight
from sim.masks.totals import effectual_macs

SHAPE = (4, 9, 11)


class Gram(nn.Module):
    """A product of the input with itself."""

    def forward(self, x: Tensor) -> Tensor:
        return x @ (x + 0).transpose(1, 2)


@pytest.mark.parametrize(
    "module",
    [
        nn.Conv2d(4, 6, (3, 2), (2, 1), 1, dilation=(1, 2), groups=2, bias=False),
        nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, groups=2, bias=False),
        nn.ConvTranspose2d(4, 3, (2, 4), (3, 1), bias=False, dilation=2),
    ],
)
def test_zeros_are_those_of_a_plain_convolution(module: nn.Module) -> None:
    """With operands of 0 and 1 the sum of the outputs is the number of pairs of nonzeros."""
    torch.manual_seed(0)
    with torch.no_grad():
        module.weight.copy_((torch.rand_like(module.weight) < 0.5).float())
        x = (torch.rand(3, *SHAPE) < 0.4).float()
        sums = module(x).sum(dim=(1, 2, 3))
    (trace,) = record_any(nn.Sequential(module), x).traces
    assert effectual_macs(trace).tolist() == sums.int().tolist()


def test_the_zeros_of_both_operands_of_a_product_are_kept_apart() -> None:
    x = torch.tensor([[[1.0, 0.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 1.0]]])
    (trace,) = record_any(Gram(), x).traces
    pairs = [int(((a != 0).float() @ (a != 0).float().T).sum()) for a in x]
    assert effectual_macs(trace).tolist() == pairs
    assert np.array_equal(trace.weight[:, :, :, 0, 0], (x != 0).numpy())


def test_a_transposed_kernel_is_turned_and_its_channels_exchanged_in_each_group() -> None:
    weight = np.zeros((4, 3, 2, 5), dtype=np.bool_)
    weight[3, 1, 0, 4] = True  # group 1, its input 1, its filter 1
    turned = transposed_weight(weight, groups=2)
    assert turned.shape == (6, 2, 2, 5)
    assert np.argwhere(turned).tolist() == [[4, 1, 1, 0]]
