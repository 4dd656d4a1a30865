"""YOLOv5s, the graph of releases v6.0 to v7.0, with the keys of ultralytics' state dict.

Written from the published structure (model table: depth 0.33, width 0.50). A checkpoint must be
exported as a plain state dict: the files as downloaded pickle whole classes and are refused.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from models.networks.network import InputForm, Network
from models.networks.variant import Variant

ANCHORS = (
    ((10, 13), (16, 30), (33, 23)),
    ((30, 61), (62, 45), (59, 119)),
    ((116, 90), (156, 198), (373, 326)),
)
"""(width, height) in pixels of the three boxes predicted at each of the three scales."""

STRIDES = (8, 16, 32)
BOX_VALUES = 5

Activation = Callable[[], nn.Module]


class Conv(nn.Module):
    """Convolution without bias, batch norm, activation function."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        activation: Activation,
        kernel: int = 1,
        stride: int = 1,
        padding: int | None = None,
    ) -> None:
        super().__init__()
        pad = kernel // 2 if padding is None else padding
        self.conv = nn.Conv2d(in_channels, out_channels, kernel, stride, pad, bias=False)
        self.bn = nn.BatchNorm2d(out_channels, eps=1e-3, momentum=0.03)
        self.act = activation()

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, out_channels, H/stride, W/stride)."""
        result: Tensor = self.act(self.bn(self.conv(x)))
        return result


class Bottleneck(nn.Module):
    """1x1, then 3x3, with an optional shortcut; shape unchanged."""

    def __init__(self, channels: int, shortcut: bool, activation: Activation) -> None:
        super().__init__()
        self.cv1 = Conv(channels, channels, activation)
        self.cv2 = Conv(channels, channels, activation, kernel=3)
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W)."""
        y: Tensor = self.cv2(self.cv1(x))
        return x + y if self.shortcut else y


class C3(nn.Module):
    """Bottlenecks on one half of the channels, the other half passed by, then mixed by 1x1."""

    def __init__(
        self, in_channels: int, out_channels: int, depth: int, shortcut: bool, act: Activation
    ) -> None:
        super().__init__()
        half = out_channels // 2
        self.cv1 = Conv(in_channels, half, act)
        self.cv2 = Conv(in_channels, half, act)
        self.cv3 = Conv(2 * half, out_channels, act)
        self.m = nn.Sequential(*(Bottleneck(half, shortcut, act) for _ in range(depth)))

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, out_channels, H, W)."""
        result: Tensor = self.cv3(torch.cat([self.m(self.cv1(x)), self.cv2(x)], 1))
        return result


class SPPF(nn.Module):
    """Three chained 5x5 max poolings beside their input, mixed by 1x1; shape unchanged."""

    def __init__(self, channels: int, activation: Activation) -> None:
        super().__init__()
        self.cv1 = Conv(channels, channels // 2, activation)
        self.cv2 = Conv(channels // 2 * 4, channels, activation)
        self.m = nn.MaxPool2d(5, stride=1, padding=2)

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W)."""
        x = self.cv1(x)
        once = self.m(x)
        twice = self.m(once)
        result: Tensor = self.cv2(torch.cat([x, once, twice, self.m(twice)], 1))
        return result


class Detect(nn.Module):
    """A 1x1 convolution per scale; boxes are decoded elsewhere.

    Three maps (N, channels, H, W) in, three raw maps (N, 3 * (5 + num_classes), H, W) out.
    """

    anchors: Tensor

    def __init__(self, num_classes: int, channels: tuple[int, ...]) -> None:
        super().__init__()
        # The file stores anchors in units of the scale's stride.
        anchors = [
            [[side / stride for side in box] for box in boxes]
            for boxes, stride in zip(ANCHORS, STRIDES, strict=True)
        ]
        self.register_buffer("anchors", torch.tensor(anchors))
        outputs = len(ANCHORS[0]) * (BOX_VALUES + num_classes)
        self.m = nn.ModuleList(nn.Conv2d(c, outputs, 1) for c in channels)

    def forward(self, maps: list[Tensor]) -> tuple[Tensor, ...]:
        """Raw predictions per scale, strides 8, 16, 32."""
        return tuple(head(x) for head, x in zip(self.m, maps, strict=True))


class YOLOv5s(nn.Module):
    """Backbone (0 to 9), feature pyramid (10 to 23) and detection heads (24).

    Input (N, in_channels, H, W) with sides that 32 divides; output as Detect.
    """

    def __init__(self, variant: Variant, activation: Activation) -> None:
        super().__init__()
        c1, c2, c3, c4, c5 = (variant.channels(full) for full in (32, 64, 128, 256, 512))
        act = activation
        self.model = nn.Sequential(
            Conv(variant.in_channels, c1, act, kernel=6, stride=2, padding=2),
            Conv(c1, c2, act, kernel=3, stride=2),
            C3(c2, c2, 1, True, act),
            Conv(c2, c3, act, kernel=3, stride=2),
            C3(c3, c3, 2, True, act),
            Conv(c3, c4, act, kernel=3, stride=2),
            C3(c4, c4, 3, True, act),
            Conv(c4, c5, act, kernel=3, stride=2),
            C3(c5, c5, 1, True, act),
            SPPF(c5, act),
            Conv(c5, c4, act),
            nn.Upsample(scale_factor=2.0, mode="nearest"),
            nn.Identity(),  # concatenations keep their number in the published table
            C3(2 * c4, c4, 1, False, act),
            Conv(c4, c3, act),
            nn.Upsample(scale_factor=2.0, mode="nearest"),
            nn.Identity(),
            C3(2 * c3, c3, 1, False, act),
            Conv(c3, c3, act, kernel=3, stride=2),
            nn.Identity(),
            C3(2 * c3, c4, 1, False, act),
            Conv(c4, c4, act, kernel=3, stride=2),
            nn.Identity(),
            C3(2 * c4, c5, 1, False, act),
            Detect(variant.num_classes, (c3, c4, c5)),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Raw predictions of three scales."""
        net = self.model
        p3 = net[4](net[3](net[2](net[1](net[0](x)))))
        p4 = net[6](net[5](p3))
        top = net[10](net[9](net[8](net[7](p4))))
        middle = net[14](net[13](torch.cat([net[11](top), p4], 1)))
        small = net[17](torch.cat([net[15](middle), p3], 1))
        medium = net[20](torch.cat([net[18](small), middle], 1))
        large = net[23](torch.cat([net[21](medium), top], 1))
        boxes: tuple[Tensor, ...] = net[24]([small, medium, large])
        return boxes


def yolov5s(variant: Variant) -> nn.Module:
    """YOLOv5s with SiLU; 7,235,389 parameters with 80 classes."""
    variant.require_norm("yolov5s")
    return YOLOv5s(variant, nn.SiLU)


def yolov5s_relu(variant: Variant) -> nn.Module:
    """YOLOv5s with ReLU instead of SiLU, so that it has zeros; must be trained as such."""
    variant.require_norm("yolov5s_relu")
    return YOLOv5s(variant, nn.ReLU)


FORM = InputForm(480, 640, 3, (0.0,) * 3, (1.0,) * 3)
NETWORKS = (
    Network(
        name="yolov5s",
        title="YOLOv5s (SiLU)",
        place=130,
        build=yolov5s,
        form=FORM,
        classes=80,
        detector=True,
    ),
    Network(
        name="yolov5s_relu",
        title="YOLOv5s (ReLU)",
        place=140,
        build=yolov5s_relu,
        form=FORM,
        classes=80,
        detector=True,
    ),
)
