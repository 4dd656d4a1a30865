"""A small encoder with attention, shared by the tests."""

import torch
from torch import Tensor, nn

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
