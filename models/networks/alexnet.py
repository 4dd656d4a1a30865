"""AlexNet, the ungrouped one-tower form (Krizhevsky, arXiv:1404.5997) that torchvision has."""

import torch
from torch import Tensor, nn

from models.networks.network import Network
from models.networks.variant import Variant, after_window

POOLED = 6
"""Side of the map that the classifier reads, whatever the size of the image (if not small)."""


class AlexNet(nn.Module):
    """Five convolutions and three fully connected layers.

    Small inputs get a 3x3 stride-1 stem instead of 11x11 stride 4, and no dropout, which a
    network of a fraction of the width does not need. Input (N, in_channels, size, size), output
    (N, num_classes).
    """

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        kernel, stride, padding = (3, 1, 1) if variant.small else (11, 4, 2)
        widths = [variant.channels(full) for full in (64, 192, 384, 256, 256)]
        convolutions = [
            nn.Conv2d(variant.in_channels, widths[0], kernel, stride, padding),
            nn.Conv2d(widths[0], widths[1], 5, padding=2),
            *(nn.Conv2d(widths[i], widths[i + 1], 3, padding=1) for i in (1, 2, 3)),
        ]
        layers: list[nn.Module] = []
        side = after_window(variant.input_size, kernel, stride, padding)
        for index, convolution in enumerate(convolutions):
            layers.append(convolution)
            if variant.optional_norm():
                layers.append(nn.BatchNorm2d(convolution.out_channels))
            layers.append(nn.ReLU())
            if index in (0, 1, 4):
                layers.append(nn.MaxPool2d(3, stride=2))
                side = after_window(side, 3, 2)
        self.features = nn.Sequential(*layers)
        side = side if variant.small else POOLED
        self.avgpool = nn.AdaptiveAvgPool2d((side, side))
        hidden = variant.channels(4096)
        dropout = 0.0 if variant.small else 0.5
        self.classifier = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(widths[-1] * side * side, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, variant.num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        x = torch.flatten(self.avgpool(self.features(x)), 1)
        logits: Tensor = self.classifier(x)
        return logits


def alexnet(variant: Variant) -> nn.Module:
    """AlexNet; 61,100,840 parameters at full size."""
    return AlexNet(variant)


NETWORKS = (
    Network(
        name="alexnet",
        title="AlexNet",
        place=20,
        build=alexnet,
        weight_table="sensitivity",
        activation_table="timeloop",
    ),
)
