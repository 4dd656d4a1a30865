"""The shape of a layer; where its zeros are is in sim/trace.py."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Self, get_args

import numpy as np
import numpy.typing as npt

from sim.errors import UserError
from sim.sizes import (
    LARGEST,
    Padding,
    Pair,
    Sides,
    pair,
    same_padding,
    sides,
    spread,
    token_grid,
    whole,
)
from sim.validation import described, require_choice

Kind = Literal["conv", "linear", "matmul"]
Mask = npt.NDArray[np.bool_]

MINIMA = {
    "kernel": 1,
    "stride": 1,
    "padding": 0,
    "input_size": 1,
    "dilation": 1,
    "input_dilation": 1,
    "extra_padding": -LARGEST,
}
"""Pairs of a layer and the least that either number may be."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """The shape of one layer; make it with `conv`, `linear` or a function of sim/forms.py.

    Every model sees one form, a convolution: a fully connected layer is a 1x1 convolution on a map
    of one pixel, or of as many as there are tokens; in a product of two activations the columns
    of the second operand are the filters.

    Attributes:
        name: of the layer in its network.
        kind: "conv", "linear", or "matmul" for a product of two activations.
        in_channels, out_channels: of all groups together.
        kernel: rows and columns of weights.
        stride: step of the windows over the padded input.
        padding: zeros above and left of the input.
        input_size: height and width of the map that is stored.
        groups: convolution groups.
        dilation: step between the weights of a window; 1 = neighbours.
        extra_padding: zeros below and right beyond those above and left; negative = fewer.
        input_dilation: step between the stored values in the map that windows slide over, zeros
            in between; more than 1 makes a transposed convolution a plain one.
        residual_elements: values made by earlier layers that are added to this layer's output, of
            one image: the second operands of residual additions.

    Raises:
        UserError: the name is no text, a size is not a positive whole number, groups do not
            divide the channels, the kernel does not fit the padded input, or an operand would
            hold more than 2**33 values.
    """

    name: str
    kind: Kind
    in_channels: int
    out_channels: int
    kernel: Pair
    stride: Pair
    padding: Pair
    input_size: Pair
    groups: int
    dilation: Pair = (1, 1)
    extra_padding: Pair = (0, 0)
    input_dilation: Pair = (1, 1)
    residual_elements: int = 0

    @classmethod
    def conv(
        cls,
        name: str,
        in_channels: int,
        out_channels: int,
        kernel: int | Pair,
        stride: int | Pair = 1,
        padding: Padding = 0,
        input_size: int | Pair = 1,
        groups: int = 1,
        dilation: int | Pair = 1,
        input_dilation: int | Pair = 1,
    ) -> Self:
        """Make a convolution over an input of `input_size` (height, width) without padding.

        Args:
            name: of the layer.
            in_channels: of all groups together.
            out_channels: likewise.
            kernel: rows and columns of weights; one number stands for both, here and below.
            stride: step of the windows.
            padding: zeros around the input: for both sides of each axis, as ((top, bottom),
                (left, right)), or "same": as many as give ceil(input / stride) outputs, an odd
                one below and right.
            input_size: height and width.
            groups: convolution groups.
            dilation: step between the weights of a window.
            input_dilation: step between the values of the input in the map of the windows.

        Raises:
            UserError: as the class, or the padding has another form.
        """
        kernel = pair(f"{name}: kernel", kernel, 1)
        stride = pair(f"{name}: stride", stride, 1)
        size = pair(f"{name}: input_size", input_size, 1)
        dilation = pair(f"{name}: dilation", dilation, 1)
        step = pair(f"{name}: input_dilation", input_dilation, 1)
        if isinstance(padding, str) and padding == "same":
            spans = zip(spread(size, step), spread(kernel, dilation), stride, strict=True)
            (top, bottom), (left, right) = (same_padding(*span) for span in spans)
        else:
            (top, bottom), (left, right) = sides(f"{name}: padding", padding)
        return cls(
            name=name,
            kind="conv",
            in_channels=whole(f"{name}: in_channels", in_channels, 1),
            out_channels=whole(f"{name}: out_channels", out_channels, 1),
            kernel=kernel,
            stride=stride,
            padding=(top, left),
            input_size=size,
            groups=whole(f"{name}: groups", groups, 1),
            dilation=dilation,
            extra_padding=(bottom - top, right - left),
            input_dilation=step,
        )

    @classmethod
    def linear(cls, name: str, in_features: int, out_features: int, tokens: int | Pair = 1) -> Self:
        """Make a fully connected layer, a 1x1 convolution on a map of its tokens.

        Args:
            name: of the layer.
            in_features: of one token.
            out_features: likewise.
            tokens: rows of the input of one image; their order in the map is raster order. A pair
                says height and width of the map, a number is arranged by `token_grid`.
        """
        return cls(
            name=name,
            kind="linear",
            in_channels=whole(f"{name}: in_features", in_features, 1),
            out_channels=whole(f"{name}: out_features", out_features, 1),
            kernel=(1, 1),
            stride=(1, 1),
            padding=(0, 0),
            input_size=token_grid(f"{name}: tokens", tokens),
            groups=1,
        )

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and self.name):
            raise UserError(f"name of a layer is {described(self.name)}; expected text")
        require_choice(f"{self.name}: kind", self.kind, get_args(Kind))
        sizes: dict[str, Any] = {}
        for what in ("in_channels", "out_channels", "groups"):
            sizes[what] = whole(f"{self.name}: {what}", getattr(self, what), 1)
        residual = whole(f"{self.name}: residual_elements", self.residual_elements, 0)
        sizes["residual_elements"] = residual
        for what, minimum in MINIMA.items():
            sizes[what] = pair(f"{self.name}: {what}", getattr(self, what), minimum)
        # the class is frozen; NumPy's numbers and lists become plain ones, as `conv` makes them
        vars(self).update(sizes)
        extra = zip(("bottom", "right"), self.extra_padding, self.padding, strict=True)
        for side, more, before in extra:
            whole(f"{self.name}: padding at the {side}", before + more, 0)
        if self.in_channels % self.groups or self.out_channels % self.groups:
            raise UserError(
                f"{self.name}: groups is {self.groups}; it must divide in_channels "
                f"{self.in_channels} and out_channels {self.out_channels}"
            )
        if any(k > p for k, p in zip(self.extent, self.padded_size, strict=True)):
            dilated = "" if self.dilation == (1, 1) else f" dilated to {self.extent}"
            raise UserError(
                f"{self.name}: kernel {self.kernel}{dilated} is larger than the padded input "
                f"{self.padded_size}"
            )
        self._check_size()

    def _check_size(self) -> None:
        for what, values in (
            ("weights", math.prod(self.weight_shape)),
            ("padded input", self.in_channels * math.prod(self.padded_size)),
            ("output", self.out_channels * self.output_pixels),
        ):
            if values > LARGEST:
                raise UserError(
                    f"{self.name}: {what} would hold {values} values; expected at most {LARGEST}"
                )

    @property
    def padding_sides(self) -> Sides:
        """Zeros around the input, ((top, bottom), (left, right))."""
        (top, left), (below, right) = self.padding, self.extra_padding
        return (top, top + below), (left, left + right)

    @cached_property
    def extent(self) -> Pair:
        """Rows and columns of the map that one window spans."""
        return spread(self.kernel, self.dilation)

    @property
    def spread_size(self) -> Pair:
        """Height and width of the map of the windows without its padding."""
        return spread(self.input_size, self.input_dilation)

    @cached_property
    def padded_size(self) -> Pair:
        """Height and width of the map that windows slide over: the input with its padding."""
        h, w = (
            size + sum(pad) for size, pad in zip(self.spread_size, self.padding_sides, strict=True)
        )
        return h, w

    @cached_property
    def output_size(self) -> Pair:
        """Height and width of the output map, floor convention as in PyTorch."""
        h, w = (
            (size - span) // step + 1
            for size, span, step in zip(self.padded_size, self.extent, self.stride, strict=True)
        )
        return h, w

    @property
    def output_pixels(self) -> int:
        """Output positions of one image."""
        height, width = self.output_size
        return height * width

    @property
    def group_channels(self) -> int:
        """Input channels that one filter sees."""
        return self.in_channels // self.groups

    @property
    def group_filters(self) -> int:
        """Filters that share one set of input channels."""
        return self.out_channels // self.groups

    @property
    def window(self) -> int:
        """Weights of one filter: the length of one dot product."""
        return self.group_channels * self.kernel[0] * self.kernel[1]

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """Shape of the weights, (K, C/groups, R, S)."""
        return (self.out_channels, self.group_channels, *self.kernel)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Shape of the input of one image, (C, H, W)."""
        return (self.in_channels, *self.input_size)

    @property
    def dense_macs(self) -> int:
        """Multiplications of one image when nothing is skipped; padding positions count.

        So do zeros between the values of a dilated input.
        """
        return self.out_channels * self.window * self.output_pixels

    @property
    def is_depthwise(self) -> bool:
        """Whether each filter sees one channel only."""
        return self.groups > 1 and self.group_channels == 1

    @property
    def is_linear(self) -> bool:
        """Whether the layer is fully connected."""
        return self.kind == "linear"

    @property
    def is_product(self) -> bool:
        """Whether both operands are activations: the second one differs from image to image."""
        return self.kind == "matmul"


def layer_kind(layer: Layer) -> str:
    """conv, depthwise or linear: the classes that tables include or leave out."""
    return "depthwise" if layer.is_depthwise else layer.kind
