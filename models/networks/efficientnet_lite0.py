"""EfficientNet-Lite0: EfficientNet-B0 without squeeze-and-excitation, with ReLU6.

Source: tensorflow/tpu, models/official/efficientnet/lite (Apache-2.0); the blocks are Table 1 of
Tan and Le, arXiv:1905.11946. Padding is TensorFlow's `SAME`.
"""

import torch
from torch import Tensor, nn

from models.networks.network import InputForm, Network
from models.networks.same_padding import same_padded
from models.networks.variant import Variant

NORM_EPS = 1e-3
STEM_CHANNELS, HEAD_CHANNELS = 32, 1280
STAGES = (
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
)
"""(expansion, output channels, blocks, stride of the first, kernel) of each stage."""


class LiteBlock(nn.Module):
    """Expand 1x1, depthwise, project 1x1 without an activation function; shortcut if it fits.

    Input (N, in_channels, size, size), output (N, out_channels, size/stride, size/stride).
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int,
        expansion: int,
        kernel: int,
        size: int,
    ) -> None:
        super().__init__()
        hidden = in_channels * expansion
        self.expand: nn.Module = nn.Identity()
        if expansion != 1:
            self.expand = nn.Sequential()
            self.expand.add_module("conv", nn.Conv2d(in_channels, hidden, 1, bias=False))
            self.expand.add_module("bn", nn.BatchNorm2d(hidden, eps=NORM_EPS))
            self.expand.add_module("relu", nn.ReLU6())
        self.pad, self.depthwise = same_padded(hidden, hidden, kernel, stride, size, groups=hidden)
        self.depthwise_bn = nn.BatchNorm2d(hidden, eps=NORM_EPS)
        self.depthwise_relu = nn.ReLU6()
        self.project = nn.Conv2d(hidden, out_channels, 1, bias=False)
        self.project_bn = nn.BatchNorm2d(out_channels, eps=NORM_EPS)
        self.shortcut = stride == 1 and in_channels == out_channels

    def forward(self, x: Tensor) -> Tensor:
        """The projected map, plus the input where both have one shape."""
        y: Tensor = self.depthwise(self.pad(self.expand(x)))
        y = self.project_bn(self.project(self.depthwise_relu(self.depthwise_bn(y))))
        return x + y if self.shortcut else y


class EfficientNetLite0(nn.Module):
    """A 3x3 stem, 16 blocks and a 1x1 head; (N, in_channels, size, size) to (N, num_classes)."""

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        # Lite networks keep stem and head as they are at every width.
        channels, size = STEM_CHANNELS, variant.input_size
        stride = 1 if variant.small else 2
        self.pad, self.conv_stem = same_padded(variant.in_channels, channels, 3, stride, size)
        self.bn0 = nn.BatchNorm2d(channels, eps=NORM_EPS)
        self.relu0 = nn.ReLU6()
        size = -(-size // stride)
        blocks = []
        for expansion, full, depth, first_stride, kernel in STAGES:
            out = variant.channels(full)
            for block in range(depth):
                stride = first_stride if block == 0 else 1
                blocks.append(LiteBlock(channels, out, stride, expansion, kernel, size))
                channels, size = out, -(-size // stride)
        self.blocks = nn.Sequential(*blocks)
        self.conv_head = nn.Conv2d(channels, HEAD_CHANNELS, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(HEAD_CHANNELS, eps=NORM_EPS)
        self.relu1 = nn.ReLU6()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(HEAD_CHANNELS, variant.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        x = self.blocks(self.relu0(self.bn0(self.conv_stem(self.pad(x)))))
        x = self.relu1(self.bn1(self.conv_head(x)))
        logits: Tensor = self.fc(torch.flatten(self.avgpool(x), 1))
        return logits


def efficientnet_lite0(variant: Variant) -> nn.Module:
    """EfficientNet-Lite0; 4,652,008 parameters and 385 M multiplications at full size."""
    variant.require_norm("efficientnet_lite0")
    return EfficientNetLite0(variant)


NETWORKS = (
    Network(
        name="efficientnet_lite0",
        title="EfficientNet-Lite0",
        place=124,
        build=efficientnet_lite0,
        # Values nearly in -1 to 1.
        form=InputForm(224, 224, 3, (127 / 255,) * 3, (128 / 255,) * 3, bicubic=True),
    ),
)
