import torch
from torch import Tensor, nn

from models.graph.readers import first_readers, readers
from tests.models.attention import Packed


class Gated(nn.Module):
    """A shape of one result forms another; halves of a result are multiplied with each other."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = nn.Linear(4, 6), nn.Linear(4, 6), nn.Linear(3, 2)

    def forward(self, x: Tensor) -> Tensor:
        first = self.a(x)
        second = self.b(x).view(first.shape[0], first.size(1)).chunk(2, dim=1)
        out: Tensor = self.c(torch.relu(second[0]) * second[1])
        return out


def test_shapes_are_no_readings_and_pieces_keep_their_cut() -> None:
    assert first_readers(Gated()) == {"a": None, "b": "c", "c": None}
    (reading,) = readers(Gated())["b"]
    assert len(reading.cuts) == 2
    read = readers(Packed())["qkv"]
    assert [(each.reader, each.operand) for each in read] == [
        ("scores", "activation"),
        ("scores", "weight"),
        ("mixed", "weight"),
    ]
    assert len(frozenset.union(*(each.cuts for each in read))) == 3
