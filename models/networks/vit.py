"""Vision transformers (Dosovitskiy et al., arXiv 2010.11929; DeiT: Touvron et al., 2012.12877).

The encoder block is that of both papers: layer norm before attention and before two fully
connected layers with GELU in between. Q K^T and P V are modules of their own, as every activation
function is.
"""

import torch
from torch import Tensor, nn

from models.graph.activation_product import ActivationProduct
from models.networks.network import Network
from models.networks.variant import Variant


class Attention(nn.Module):
    """Attention of every token to all tokens (N, T, C), in heads of C / heads channels.

    Query, key and value are layers of their own, and not one three times as wide: the
    multiplications are the same.
    """

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.scale = (channels // heads) ** -0.5
        self.query = nn.Linear(channels, channels)
        self.key = nn.Linear(channels, channels)
        self.value = nn.Linear(channels, channels)
        self.scores = ActivationProduct()
        self.softmax = nn.Softmax(dim=-1)
        self.mixed = ActivationProduct()
        self.proj = nn.Linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """The mixed tokens, same shape."""
        query, key, value = (
            layer(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        shares = self.softmax(self.scores(query * self.scale, key.transpose(-2, -1)))
        mixed: Tensor = self.proj(self.mixed(shares, value).transpose(1, 2).flatten(2))
        return mixed


class EncoderBlock(nn.Module):
    """One encoder block on tokens (N, T, C)."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(channels, eps=1e-6)
        self.attn = Attention(channels, heads)
        self.norm2 = nn.LayerNorm(channels, eps=1e-6)
        self.fc1 = nn.Linear(channels, 4 * channels)
        self.gelu = nn.GELU()
        self.fc2 = nn.Linear(4 * channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """The tokens after both residual branches."""
        x = x + self.attn(self.norm1(x))
        tokens: Tensor = x + self.fc2(self.gelu(self.fc1(self.norm2(x))))
        return tokens


class VisionTransformer(nn.Module):
    """Patches as tokens, encoder blocks, and one fully connected layer on the class token.

    Input (N, in_channels, size, size) with sides that the patch divides, output (N, num_classes).
    """

    def __init__(self, variant: Variant, full: int, depth: int, heads: int) -> None:
        super().__init__()
        patch = 4 if variant.small else 16
        channels = variant.channels(full, multiple=8 * heads)
        self.conv_proj = nn.Conv2d(variant.in_channels, channels, patch, patch)
        tokens = (variant.input_size // patch) ** 2
        self.class_token = nn.Parameter(torch.zeros(1, 1, channels))
        positions = torch.empty(1, tokens + 1, channels)
        if not positions.is_meta:  # where drawing would load PyTorch's compiler
            positions.normal_(std=0.02)
        self.positions = nn.Parameter(positions)
        self.blocks = nn.Sequential(*(EncoderBlock(channels, heads) for _ in range(depth)))
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.head = nn.Linear(channels, variant.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        x = self.conv_proj(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        logits: Tensor = self.head(self.norm(self.blocks(x))[:, 0])
        return logits


def vit(variant: Variant) -> nn.Module:
    """Two blocks of 128 channels and two heads; for pictures of 32 pixels in patches of 4."""
    return VisionTransformer(variant, 128, 2, 2)


def deit_s(variant: Variant) -> nn.Module:
    """DeiT-S: 12 blocks of 384 channels and six heads; 22,050,664 parameters at full size."""
    return VisionTransformer(variant, 384, 12, 6)


NETWORKS = (
    Network(name="vit", title="ViT", place=150, build=vit),
    Network(name="deit_s", title="DeiT-S", place=160, build=deit_s),
)
