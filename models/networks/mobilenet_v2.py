"""MobileNetV2 (Sandler et al., arXiv:1801.04381) with torchvision's state-dict keys."""

import torch
from torch import Tensor, nn

from models.networks.network import Network
from models.networks.variant import Variant

STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""(expansion, output channels, blocks, stride of the first) of each stage (Table 2)."""


def conv_norm_relu6(
    in_channels: int, out_channels: int, kernel: int, stride: int = 1, groups: int = 1
) -> nn.Sequential:
    """A convolution that keeps the map's size at stride 1, batch norm, ReLU6."""
    return nn.Sequential(
        nn.Conv2d(
            in_channels, out_channels, kernel, stride, kernel // 2, groups=groups, bias=False
        ),
        nn.BatchNorm2d(out_channels),
        nn.ReLU6(),
    )


class InvertedResidual(nn.Module):
    """Expand 1x1, depthwise 3x3, project 1x1 without an activation function; shortcut if it fits.

    Input (N, in_channels, H, W), output (N, out_channels, H/stride, W/stride).
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int, expansion: int) -> None:
        super().__init__()
        hidden = in_channels * expansion
        layers: list[nn.Module] = []
        if expansion != 1:
            layers.append(conv_norm_relu6(in_channels, hidden, 1))
        layers += [
            conv_norm_relu6(hidden, hidden, 3, stride, groups=hidden),
            nn.Conv2d(hidden, out_channels, 1, bias=False),
            nn.BatchNorm2d(out_channels),
        ]
        self.conv = nn.Sequential(*layers)
        self.shortcut = stride == 1 and in_channels == out_channels

    def forward(self, x: Tensor) -> Tensor:
        """The projected map, plus the input where both have one shape."""
        y: Tensor = self.conv(x)
        return x + y if self.shortcut else y


class MobileNetV2(nn.Module):
    """A 3x3 stem, 17 inverted residuals and a 1x1 head.

    Small inputs get a stem of stride 1 instead of 2. Input (N, in_channels, size, size), output
    (N, num_classes).
    """

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        channels = variant.channels(32)
        layers: list[nn.Module] = [
            conv_norm_relu6(variant.in_channels, channels, 3, 1 if variant.small else 2)
        ]
        for expansion, full, blocks, first_stride in STAGES:
            out = variant.channels(full)
            for block in range(blocks):
                stride = first_stride if block == 0 else 1
                layers.append(InvertedResidual(channels, out, stride, expansion))
                channels = out
        head = variant.channels(1280)
        layers.append(conv_norm_relu6(channels, head, 1))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(head, variant.num_classes))

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        logits: Tensor = self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))
        return logits


def mobilenet_v2(variant: Variant) -> nn.Module:
    """MobileNetV2; 3,504,872 parameters and 301 M multiplications at full size."""
    variant.require_norm("mobilenet_v2")
    return MobileNetV2(variant)


NETWORKS = (
    Network(
        name="mobilenet_v2",
        title="MobileNetV2",
        place=80,
        build=mobilenet_v2,
        densities_from="mobilenet_v1",
    ),
)
