"""MobileNetV3 (Howard et al., arXiv:1905.02244) with torchvision's state-dict keys."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.networks.network import Network
from models.networks.variant import Variant


@dataclass(frozen=True)
class BlockShape:
    """One row of the paper's tables; channel counts are those of the published width."""

    kernel: int
    expanded: int
    out_channels: int
    squeeze: bool
    hard_swish: bool
    stride: int


def _blocks(*rows: tuple[int, int, int, str, int]) -> tuple[BlockShape, ...]:
    return tuple(
        BlockShape(kernel, expanded, out, "SE" in flags, "HS" in flags, stride)
        for kernel, expanded, out, flags, stride in rows
    )


LARGE = _blocks(
    (3, 16, 16, "RE", 1),
    (3, 64, 24, "RE", 2),
    (3, 72, 24, "RE", 1),
    (5, 72, 40, "SE RE", 2),
    (5, 120, 40, "SE RE", 1),
    (5, 120, 40, "SE RE", 1),
    (3, 240, 80, "HS", 2),
    (3, 200, 80, "HS", 1),
    (3, 184, 80, "HS", 1),
    (3, 184, 80, "HS", 1),
    (3, 480, 112, "SE HS", 1),
    (3, 672, 112, "SE HS", 1),
    (5, 672, 160, "SE HS", 2),
    (5, 960, 160, "SE HS", 1),
    (5, 960, 160, "SE HS", 1),
)
SMALL = _blocks(
    (3, 16, 16, "SE RE", 2),
    (3, 72, 24, "RE", 2),
    (3, 88, 24, "RE", 1),
    (5, 96, 40, "SE HS", 2),
    (5, 240, 40, "SE HS", 1),
    (5, 240, 40, "SE HS", 1),
    (5, 120, 48, "SE HS", 1),
    (5, 144, 48, "SE HS", 1),
    (5, 288, 96, "SE HS", 2),
    (5, 576, 96, "SE HS", 1),
    (5, 576, 96, "SE HS", 1),
)


def _divisible(value: float, divisor: int = 8) -> int:
    """`value` rounded to a multiple of 8 that is at least 90 % of it."""
    rounded = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded if rounded >= 0.9 * value else rounded + divisor


def _activation(hard_swish: bool) -> nn.Module:
    return nn.Hardswish() if hard_swish else nn.ReLU()


def _conv_norm(
    in_channels: int,
    out_channels: int,
    kernel: int,
    activation: nn.Module | None,
    stride: int = 1,
    groups: int = 1,
) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(
            in_channels, out_channels, kernel, stride, kernel // 2, groups=groups, bias=False
        ),
        nn.BatchNorm2d(out_channels, eps=1e-3, momentum=0.01),
    ]
    return nn.Sequential(*layers, *([] if activation is None else [activation]))


class SqueezeExcitation(nn.Module):
    """Scales each channel by a gate computed from the channel means; shape unchanged."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        squeezed = _divisible(channels / 4)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.activation = nn.ReLU()
        self.fc2 = nn.Conv2d(squeezed, channels, 1)
        self.scale_activation = nn.Hardsigmoid()

    def forward(self, x: Tensor) -> Tensor:
        """The gated map (N, channels, H, W)."""
        gate: Tensor = self.scale_activation(self.fc2(self.activation(self.fc1(self.avgpool(x)))))
        return x * gate


class InvertedResidualV3(nn.Module):
    """Expand, depthwise, squeeze-and-excite, project; shortcut if the shapes agree.

    Input (N, in_channels, H, W), output (N, out_channels, H/stride, W/stride).
    """

    def __init__(self, in_channels: int, shape: BlockShape, variant: Variant) -> None:
        super().__init__()
        hidden, out = variant.channels(shape.expanded), variant.channels(shape.out_channels)
        layers: list[nn.Module] = []
        if hidden != in_channels:
            layers.append(_conv_norm(in_channels, hidden, 1, _activation(shape.hard_swish)))
        activation = _activation(shape.hard_swish)
        layers.append(_conv_norm(hidden, hidden, shape.kernel, activation, shape.stride, hidden))
        if shape.squeeze:
            layers.append(SqueezeExcitation(hidden))
        layers.append(_conv_norm(hidden, out, 1, None))
        self.block = nn.Sequential(*layers)
        self.shortcut = shape.stride == 1 and in_channels == out

    def forward(self, x: Tensor) -> Tensor:
        """The projected map, plus the input where both have one shape."""
        y: Tensor = self.block(x)
        return x + y if self.shortcut else y


class MobileNetV3(nn.Module):
    """A 3x3 stem, inverted residuals, a 1x1 convolution and two fully connected layers.

    Small inputs get a stem of stride 1 instead of 2. Input (N, in_channels, size, size), output
    (N, num_classes).
    """

    def __init__(self, variant: Variant, blocks: tuple[BlockShape, ...], head: int) -> None:
        super().__init__()
        channels = variant.channels(16)
        stride = 1 if variant.small else 2
        layers: list[nn.Module] = [
            _conv_norm(variant.in_channels, channels, 3, nn.Hardswish(), stride)
        ]
        for shape in blocks:
            layers.append(InvertedResidualV3(channels, shape, variant))
            channels = variant.channels(shape.out_channels)
        layers.append(_conv_norm(channels, 6 * channels, 1, nn.Hardswish()))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        hidden = variant.channels(head)
        self.classifier = nn.Sequential(
            nn.Linear(6 * channels, hidden),
            nn.Hardswish(),
            nn.Dropout(0.2),
            nn.Linear(hidden, variant.num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        logits: Tensor = self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))
        return logits


def mobilenet_v3_large(variant: Variant) -> nn.Module:
    """MobileNetV3-Large; 5,483,032 parameters at full size."""
    variant.require_norm("mobilenet_v3_large")
    return MobileNetV3(variant, LARGE, head=1280)


def mobilenet_v3_small(variant: Variant) -> nn.Module:
    """MobileNetV3-Small; 2,542,856 parameters at full size."""
    variant.require_norm("mobilenet_v3_small")
    return MobileNetV3(variant, SMALL, head=1024)


NETWORKS = (
    Network(
        name="mobilenet_v3_small",
        title="MobileNetV3-S",
        place=90,
        build=mobilenet_v3_small,
        densities_from="mobilenet_v1",
    ),
    Network(
        name="mobilenet_v3_large",
        title="MobileNetV3-L",
        place=100,
        build=mobilenet_v3_large,
        densities_from="mobilenet_v1",
    ),
)
