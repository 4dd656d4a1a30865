"""ResNet (He et al., arXiv:1512.03385) in its v1.5 form: the 3x3 convolution takes the stride."""

import torch
from torch import Tensor, nn

from models.networks.network import Network
from models.networks.variant import Variant

RESNET18 = (2, 2, 2, 2)
RESNET50 = (3, 4, 6, 3)
STAGE_CHANNELS = (64, 128, 256, 512)


def _shortcut(in_channels: int, out_channels: int, stride: int) -> nn.Module:
    if stride == 1 and in_channels == out_channels:
        return nn.Identity()
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
    )


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut; (N, in_channels, H, W) to (N, m, H/s, W/s)."""

    expansion = 1

    def __init__(self, in_channels: int, middle: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, middle, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(middle)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(middle, middle, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(middle)
        self.downsample = _shortcut(in_channels, middle, stride)
        self.relu2 = nn.ReLU()

    @property
    def residual_scale(self) -> Tensor:
        """The last batch-norm scale of the residual branch."""
        return self.bn2.weight

    def forward(self, x: Tensor) -> Tensor:
        """Residual branch plus shortcut, rectified."""
        y = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        result: Tensor = self.relu2(y + self.downsample(x))
        return result


class BottleneckBlock(nn.Module):
    """1x1, 3x3, 1x1 convolutions beside a shortcut; (N, in_channels, H, W) to (N, 4m, H/s, W/s)."""

    expansion = 4

    def __init__(self, in_channels: int, middle: int, stride: int) -> None:
        super().__init__()
        out = middle * self.expansion
        self.conv1 = nn.Conv2d(in_channels, middle, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(middle)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(middle, middle, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(middle)
        self.relu2 = nn.ReLU()
        self.conv3 = nn.Conv2d(middle, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.downsample = _shortcut(in_channels, out, stride)
        self.relu3 = nn.ReLU()

    @property
    def residual_scale(self) -> Tensor:
        """The last batch-norm scale of the residual branch."""
        return self.bn3.weight

    def forward(self, x: Tensor) -> Tensor:
        """Residual branch plus shortcut, rectified."""
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.relu2(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        result: Tensor = self.relu3(y + self.downsample(x))
        return result


Block = type[BasicBlock] | type[BottleneckBlock]


def _stage(block: Block, in_channels: int, middle: int, depth: int, stride: int) -> nn.Sequential:
    out = middle * block.expansion
    first = block(in_channels, middle, stride)
    return nn.Sequential(first, *(block(out, middle, 1) for _ in range(depth - 1)))


class ResNet(nn.Module):
    """Four stages of residual blocks.

    Small inputs get a 3x3 stride-2 stem without pooling instead of 7x7 stride 2 with pooling.
    Input (N, in_channels, size, size), output (N, num_classes).
    """

    def __init__(self, variant: Variant, block: Block, depths: tuple[int, int, int, int]) -> None:
        super().__init__()
        channels = variant.channels(64)
        kernel = 3 if variant.small else 7
        self.conv1 = nn.Conv2d(
            variant.in_channels, channels, kernel, 2, padding=kernel // 2, bias=False
        )
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.maxpool = nn.Identity() if variant.small else nn.MaxPool2d(3, stride=2, padding=1)
        middle = [variant.channels(full) for full in STAGE_CHANNELS]
        wide = [m * block.expansion for m in middle]
        self.layer1 = _stage(block, channels, middle[0], depths[0], stride=1)
        self.layer2 = _stage(block, wide[0], middle[1], depths[1], stride=2)
        self.layer3 = _stage(block, wide[1], middle[2], depths[2], stride=2)
        self.layer4 = _stage(block, wide[2], middle[3], depths[3], stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(wide[3], variant.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        logits: Tensor = self.fc(torch.flatten(self.avgpool(x), 1))
        return logits


def resnet18(variant: Variant) -> nn.Module:
    """ResNet-18; 11,689,512 parameters and 1.814 G multiplications at full size."""
    variant.require_norm("resnet18")
    return ResNet(variant, BasicBlock, RESNET18)


def resnet50(variant: Variant) -> nn.Module:
    """ResNet-50 v1.5; 25,557,032 parameters and 4.089 G multiplications at full size."""
    variant.require_norm("resnet50")
    return ResNet(variant, BottleneckBlock, RESNET50)


NETWORKS = (
    Network(
        name="resnet18",
        title="ResNet-18",
        place=70,
        build=resnet18,
        weight_table="agp",
        densities_from="resnet50",
    ),
    Network(
        name="resnet50",
        title="ResNet-50",
        place=50,
        build=resnet50,
        weight_table="str_81",
        activation_table="measured",
    ),
)
