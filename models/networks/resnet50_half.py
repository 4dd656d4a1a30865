"""ResNet-50 with stages of half width, as open_nsfw has it: folded batch norm, stride in the 1x1.

Source: yahoo/open_nsfw (BSD-2), network `resnet_50_1by2_nsfw`: ResNet-50 of He et al.
(arXiv:1512.03385) in its first form, in which the first 1x1 convolution of a stage takes the
stride, behind a stem of full width. Weights came with batch norm folded into biases.
"""

import torch
from torch import Tensor, nn

from models.networks.network import InputForm, Network
from models.networks.resnet import RESNET50
from models.networks.variant import Variant
from sim.errors import UserError

STEM_CHANNELS = 64
HALF_STAGE_CHANNELS = (32, 64, 128, 256)
EXPANSION = 4


class FoldedBottleneck(nn.Module):
    """1x1, 3x3, 1x1 convolutions beside a shortcut; (N, in_channels, H, W) to (N, 4m, H/s, W/s)."""

    def __init__(self, in_channels: int, middle: int, stride: int, *, widens: bool) -> None:
        super().__init__()
        out = middle * EXPANSION
        self.conv1 = nn.Conv2d(in_channels, middle, 1, stride)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(middle, middle, 3, padding=1)
        self.relu2 = nn.ReLU()
        self.conv3 = nn.Conv2d(middle, out, 1)
        self.downsample = nn.Conv2d(in_channels, out, 1, stride) if widens else nn.Identity()
        self.relu3 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Residual branch plus shortcut, rectified."""
        y = self.conv3(self.relu2(self.conv2(self.relu1(self.conv1(x)))))
        result: Tensor = self.relu3(y + self.downsample(x))
        return result


class ResNet50Half(nn.Module):
    """A 7x7 stem and four stages; (N, in_channels, size, size) to (N, num_classes)."""

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        channels = variant.channels(STEM_CHANNELS)
        self.conv1 = nn.Conv2d(variant.in_channels, channels, 7, 2, padding=3)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        stages = []
        for index, (full, depth) in enumerate(zip(HALF_STAGE_CHANNELS, RESNET50, strict=True)):
            middle = variant.channels(full)
            blocks = []
            for block in range(depth):
                stride = 2 if block == 0 and index > 0 else 1
                blocks.append(FoldedBottleneck(channels, middle, stride, widens=block == 0))
                channels = middle * EXPANSION
            stages.append(nn.Sequential(*blocks))
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(channels, variant.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        x = self.maxpool(self.relu(self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        logits: Tensor = self.fc(torch.flatten(self.avgpool(x), 1))
        return logits


def resnet50_half(variant: Variant) -> nn.Module:
    """ResNet-50 at half width; 5,891,266 parameters, 1.069 G multiplications with 2 classes."""
    if variant.batch_norm:
        raise UserError(
            "batch_norm is True, but resnet50_half is defined with batch normalization folded; "
            "leave it out"
        )
    return ResNet50Half(variant)


NETWORKS = (
    Network(
        name="resnet50_half",
        title="ResNet-50 (half width)",
        place=126,
        build=resnet50_half,
        # Caffe's networks take values of 0 to 255 less a mean.
        form=InputForm(224, 224, 3, (123 / 255, 117 / 255, 104 / 255), (1 / 255,) * 3),
        classes=2,
    ),
)
