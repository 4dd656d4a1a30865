"""MobileNetV1 as TensorFlow published its weights: ReLU6, padding `SAME`, another batch norm.

Source: tensorflow/models, research/slim/nets/mobilenet_v1.py (Apache-2.0). The paper's network
(models.networks.mobilenet_v1) has the same layers, parameters and state-dict keys.
"""

import torch
from torch import Tensor, nn

from models.networks.mobilenet_v1 import BLOCKS
from models.networks.network import InputForm, Network
from models.networks.same_padding import same_padded
from models.networks.variant import Variant

NORM_EPS = 1e-3


class SeparableBlockRelu6(nn.Module):
    """Depthwise 3x3, then pointwise 1x1; (N, C, size, size) to (N, out, size/stride, ...)."""

    def __init__(self, in_channels: int, out_channels: int, stride: int, size: int) -> None:
        super().__init__()
        self.pad, self.depthwise = same_padded(
            in_channels, in_channels, 3, stride, size, groups=in_channels
        )
        self.depthwise_bn = nn.BatchNorm2d(in_channels, eps=NORM_EPS)
        self.depthwise_relu = nn.ReLU6()
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=False)
        self.pointwise_bn = nn.BatchNorm2d(out_channels, eps=NORM_EPS)
        self.pointwise_relu = nn.ReLU6()

    def forward(self, x: Tensor) -> Tensor:
        """The block's output."""
        x = self.depthwise_relu(self.depthwise_bn(self.depthwise(self.pad(x))))
        result: Tensor = self.pointwise_relu(self.pointwise_bn(self.pointwise(x)))
        return result


class MobileNetV1Relu6(nn.Module):
    """A 3x3 stem and 13 separable blocks; (N, in_channels, size, size) to (N, num_classes)."""

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        channels, size = variant.channels(32), variant.input_size
        stride = 1 if variant.small else 2
        self.pad, self.conv1 = same_padded(variant.in_channels, channels, 3, stride, size)
        self.bn1 = nn.BatchNorm2d(channels, eps=NORM_EPS)
        self.relu = nn.ReLU6()
        size = -(-size // stride)
        blocks = []
        for full, block_stride in BLOCKS:
            out = variant.channels(full)
            blocks.append(SeparableBlockRelu6(channels, out, block_stride, size))
            channels, size = out, -(-size // block_stride)
        self.blocks = nn.Sequential(*blocks)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(channels, variant.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        x = self.blocks(self.relu(self.bn1(self.conv1(self.pad(x)))))
        logits: Tensor = self.fc(torch.flatten(self.avgpool(x), 1))
        return logits


def mobilenet_v1_relu6(variant: Variant) -> nn.Module:
    """MobileNetV1 with ReLU6; 4,231,976 parameters and 569 M multiplications at full size."""
    variant.require_norm("mobilenet_v1_relu6")
    return MobileNetV1Relu6(variant)


NETWORKS = (
    Network(
        name="mobilenet_v1_relu6",
        title="MobileNetV1 (ReLU6)",
        place=122,
        build=mobilenet_v1_relu6,
        # TensorFlow's networks take values in -1 to 1.
        form=InputForm(224, 224, 3, (128 / 255,) * 3, (128 / 255,) * 3),
    ),
)
