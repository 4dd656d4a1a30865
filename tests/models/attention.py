"""A small encoder with attention, shared by the tests."""

import torch
from torch import Tensor, nn

from models.graph.activation_product import ActivationProduct
from models.networks.variant import Variant
from models.networks.vit import VisionTransformer

IMAGE = (3, 32, 32)


def encoder(seed: int = 0, channels: int = 32) -> nn.Module:
    """Two blocks of two heads over 8 x 8 patches and a class token, in evaluation mode."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        variant = Variant(5, 3, 1.0, 32, None)
        return VisionTransformer(variant, channels, depth=2, heads=2).eval()


def images(count: int = 2, seed: int = 1) -> Tensor:
    """Random pictures of its input shape."""
    return torch.randn(count, *IMAGE, generator=torch.Generator().manual_seed(seed))


class Packed(nn.Module):
    """Attention whose query, key and value are one layer with rectified results."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Conv2d(3, 8, 4, 4)
        self.qkv, self.relu = nn.Linear(8, 24), nn.ReLU()
        self.scores, self.mixed = ActivationProduct(), ActivationProduct()
        self.proj = nn.Linear(8, 5)

    def packed(self, x: Tensor) -> Tensor:
        """(N, T, 24): query, key and value of every token."""
        tokens: Tensor = self.embed(x).flatten(2).transpose(1, 2)
        return self.relu(self.qkv(tokens))  # type: ignore[no-any-return]

    def forward(self, x: Tensor) -> Tensor:
        packed = self.packed(x).unflatten(-1, (3, 2, 4)).permute(2, 0, 3, 1, 4)
        query, key, value = packed[0], packed[1], packed[2]
        shares = self.scores(query * 0.5, key.transpose(-2, -1))
        mixed: Tensor = self.proj(self.mixed(shares, value).transpose(1, 2).flatten(2))
        return mixed


class Chunked(Packed):
    """The same, cut by `chunk`."""

    def forward(self, x: Tensor) -> Tensor:
        a, b, c = self.packed(x).chunk(3, dim=-1)
        query, key, value = (piece.unflatten(-1, (2, 4)).transpose(1, 2) for piece in (a, b, c))
        shares = self.scores(query * 0.5, key.transpose(-2, -1))
        mixed: Tensor = self.proj(self.mixed(shares, value).transpose(1, 2).flatten(2))
        return mixed
