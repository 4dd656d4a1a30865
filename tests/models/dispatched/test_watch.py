import torch
from torch import Tensor, nn

from models.dispatched.watch import ProductWatch


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
    assert watch.readers == dict.fromkeys(("left", "right"), ("Pieces", "activation"))
    assert watch.products[2].layer.dense_macs == 20
