"""MobileNetV1 (Howard et al., arXiv:1704.04861)."""

import torch
from torch import Tensor, nn

from models.networks.network import Network
from models.networks.variant import Variant

BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *((512, 1),) * 5,
    (1024, 2),
    (1024, 1),
)
"""(output channels, stride) of the 13 depthwise-separable blocks (Table 1 of the paper, with the
stride of the last depthwise layer read as 1, as its 7x7 output demands)."""


class SeparableBlock(nn.Module):
    """Depthwise 3x3, then pointwise 1x1, each with batch norm and ReLU."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(
            in_channels, in_channels, 3, stride, padding=1, groups=in_channels, bias=False
        )
        self.depthwise_bn = nn.BatchNorm2d(in_channels)
        self.depthwise_relu = nn.ReLU()
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=False)
        self.pointwise_bn = nn.BatchNorm2d(out_channels)
        self.pointwise_relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, out_channels, H/stride, W/stride)."""
        x = self.depthwise_relu(self.depthwise_bn(self.depthwise(x)))
        result: Tensor = self.pointwise_relu(self.pointwise_bn(self.pointwise(x)))
        return result


class MobileNetV1(nn.Module):
    """A 3x3 stem and 13 separable blocks.

    Small inputs get a stem of stride 1 instead of 2. Input (N, in_channels, size, size), output
    (N, num_classes).
    """

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        channels = variant.channels(32)
        stride = 1 if variant.small else 2
        self.conv1 = nn.Conv2d(variant.in_channels, channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        blocks = []
        for full, block_stride in BLOCKS:
            out = variant.channels(full)
            blocks.append(SeparableBlock(channels, out, block_stride))
            channels = out
        self.blocks = nn.Sequential(*blocks)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(channels, variant.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        x = self.blocks(self.relu(self.bn1(self.conv1(x))))
        logits: Tensor = self.fc(torch.flatten(self.avgpool(x), 1))
        return logits


def mobilenet_v1(variant: Variant) -> nn.Module:
    """MobileNetV1; 4,231,976 parameters and 569 M multiplications at full size."""
    variant.require_norm("mobilenet_v1")
    return MobileNetV1(variant)


NETWORKS = (
    Network(
        name="mobilenet_v1",
        title="MobileNetV1",
        place=60,
        build=mobilenet_v1,
        weight_table="agp",
        activation_table="measured",
    ),
)
