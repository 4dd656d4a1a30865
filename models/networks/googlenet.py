"""GoogLeNet (Szegedy et al., arXiv:1409.4842), batch-normalized, with torchvision's keys.

There are two: torchvision's third branch has a 3x3 kernel where the paper has 5x5, and its
published weights fit that. `googlenet` is torchvision's, `googlenet_5x5` the paper's shapes, which
accelerator papers count.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.networks.network import InputForm, Network
from models.networks.variant import Variant


@dataclass(frozen=True)
class InceptionShape:
    """Output channels of the branches: 1x1; 3x3 and its reduction; 5x5 and its; pooling."""

    pointwise: int
    three_reduce: int
    three: int
    five_reduce: int
    five: int
    pool: int

    @property
    def out_channels(self) -> int:
        """Channels of the four branches side by side."""
        return self.pointwise + self.three + self.five + self.pool


INCEPTIONS = {
    "3a": InceptionShape(64, 96, 128, 16, 32, 32),
    "3b": InceptionShape(128, 128, 192, 32, 96, 64),
    "4a": InceptionShape(192, 96, 208, 16, 48, 64),
    "4b": InceptionShape(160, 112, 224, 24, 64, 64),
    "4c": InceptionShape(128, 128, 256, 24, 64, 64),
    "4d": InceptionShape(112, 144, 288, 32, 64, 64),
    "4e": InceptionShape(256, 160, 320, 32, 128, 128),
    "5a": InceptionShape(256, 160, 320, 32, 128, 128),
    "5b": InceptionShape(384, 192, 384, 48, 128, 128),
}
"""Table 1 of the paper."""


class ConvNormRelu(nn.Module):
    """Convolution without bias, batch norm, ReLU; (N, C, H, W) to (N, K, H/stride, W/stride)."""

    def __init__(self, in_channels: int, out_channels: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel, stride, kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(out_channels, eps=1e-3)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """The rectified map."""
        result: Tensor = self.relu(self.bn(self.conv(x)))
        return result


class Inception(nn.Module):
    """Four branches over one input, concatenated along the channels; the map keeps its size."""

    def __init__(self, in_channels: int, shape: InceptionShape, third_kernel: int) -> None:
        super().__init__()
        self.branch1 = ConvNormRelu(in_channels, shape.pointwise, 1)
        self.branch2 = nn.Sequential(
            ConvNormRelu(in_channels, shape.three_reduce, 1),
            ConvNormRelu(shape.three_reduce, shape.three, 3),
        )
        self.branch3 = nn.Sequential(
            ConvNormRelu(in_channels, shape.five_reduce, 1),
            ConvNormRelu(shape.five_reduce, shape.five, third_kernel),
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True),
            ConvNormRelu(in_channels, shape.pool, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, sum of the branches, H, W)."""
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class AuxiliaryHead(nn.Module):
    """Weights of a side classifier that only training from scratch uses.

    Kept so that an official file, which has them, loads unchanged; inference does not run them.
    """

    def __init__(self, in_channels: int, num_classes: int) -> None:
        super().__init__()
        self.conv = ConvNormRelu(in_channels, 128, 1)
        self.fc1 = nn.Linear(128 * 4 * 4, 1024)
        self.fc2 = nn.Linear(1024, num_classes)


class GoogLeNet(nn.Module):
    """Three convolutions, nine inception modules and one fully connected layer.

    Small inputs get a 3x3 stride-1 stem. Input (N, in_channels, size, size), output
    (N, num_classes).
    """

    def __init__(self, variant: Variant, third_kernel: int) -> None:
        super().__init__()
        shapes = {name: _scaled(shape, variant) for name, shape in INCEPTIONS.items()}
        channels, wide = variant.channels(64), variant.channels(192)
        kernel, stride = (3, 1) if variant.small else (7, 2)
        self.conv1 = ConvNormRelu(variant.in_channels, channels, kernel, stride)
        self.maxpool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.conv2 = ConvNormRelu(channels, channels, 1)
        self.conv3 = ConvNormRelu(channels, wide, 3)
        self.maxpool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        sources = [wide, *(shape.out_channels for shape in shapes.values())]
        for (name, shape), in_channels in zip(shapes.items(), sources, strict=False):
            self.add_module(f"inception{name}", Inception(in_channels, shape, third_kernel))
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.maxpool4 = nn.MaxPool2d(2, stride=2, ceil_mode=True)
        self.aux1 = AuxiliaryHead(shapes["4a"].out_channels, variant.num_classes)
        self.aux2 = AuxiliaryHead(shapes["4d"].out_channels, variant.num_classes)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.2)
        self.fc = nn.Linear(shapes["5b"].out_channels, variant.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        x = self.maxpool1(self.conv1(x))
        x = self.maxpool2(self.conv3(self.conv2(x)))
        for name in INCEPTIONS:
            if name == "4a":
                x = self.maxpool3(x)
            if name == "5a":
                x = self.maxpool4(x)
            x = self.get_submodule(f"inception{name}")(x)
        logits: Tensor = self.fc(self.dropout(torch.flatten(self.avgpool(x), 1)))
        return logits


def _scaled(shape: InceptionShape, variant: Variant) -> InceptionShape:
    return InceptionShape(**{name: variant.channels(full) for name, full in vars(shape).items()})


def googlenet(variant: Variant) -> nn.Module:
    """The form of torchvision; 6,624,904 parameters, 13,004,888 with auxiliary heads."""
    variant.require_norm("googlenet")
    return GoogLeNet(variant, third_kernel=3)


def googlenet_5x5(variant: Variant) -> nn.Module:
    """GoogLeNet with the paper's 5x5 branch; no official weights have this shape."""
    variant.require_norm("googlenet_5x5")
    return GoogLeNet(variant, third_kernel=5)


NETWORKS = (
    Network(
        name="googlenet",
        title="GoogLeNet (torchvision)",
        place=110,
        build=googlenet,
        # The official weights of torchvision expect values in -1 to 1.
        form=InputForm(224, 224, 3, (0.5,) * 3, (0.5,) * 3),
        weight_table="timeloop",
        activation_table="timeloop",
    ),
    Network(
        name="googlenet_5x5",
        title="GoogLeNet",
        place=120,
        build=googlenet_5x5,
        weight_table="timeloop",
        activation_table="timeloop",
    ),
)
