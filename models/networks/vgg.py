"""VGG (Simonyan and Zisserman, arXiv:1409.1556), configuration D."""

import torch
from torch import Tensor, nn

from models.networks.network import Network
from models.networks.variant import Variant

VGG16 = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""(channels, 3x3 convolutions) of the five stages; each ends in a 2x2 max pooling."""

POOLED = 7
"""Side of the map that the classifier reads, whatever the size of the image (if not small)."""


class VGG(nn.Module):
    """Stages of 3x3 convolutions, then three fully connected layers.

    The same definition serves small inputs: 32x32 pixels reach the classifier as 1x1, without
    dropout. Input (N, in_channels, size, size), output (N, num_classes).
    """

    def __init__(self, variant: Variant, stages: tuple[tuple[int, int], ...]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = variant.in_channels
        for full, depth in stages:
            for _ in range(depth):
                out = variant.channels(full)
                layers.append(nn.Conv2d(channels, out, 3, padding=1))
                if variant.optional_norm():
                    layers.append(nn.BatchNorm2d(out))
                layers.append(nn.ReLU())
                channels = out
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        side = variant.input_size // 2 ** len(stages) if variant.small else POOLED
        self.avgpool = nn.AdaptiveAvgPool2d((side, side))
        hidden = variant.channels(4096)
        dropout = 0.0 if variant.small else 0.5
        self.classifier = nn.Sequential(
            nn.Linear(channels * side * side, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, variant.num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        x = torch.flatten(self.avgpool(self.features(x)), 1)
        logits: Tensor = self.classifier(x)
        return logits


def vgg16(variant: Variant) -> nn.Module:
    """VGG-16; 138,357,544 parameters at full size."""
    variant.require_input("vgg16", 32)
    return VGG(variant, VGG16)


NETWORKS = (
    Network(
        name="vgg16",
        title="VGG-16",
        place=40,
        build=vgg16,
        weight_table="timeloop",
        activation_table="timeloop",
    ),
)
