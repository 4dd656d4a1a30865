"""The shape of a layer; where its zeros are is in sim/trace.py."""

import math
from dataclasses import dataclass
from typing import Literal, Self, get_args

import numpy as np
import numpy.typing as npt

from sim.errors import UserError
from sim.validation import require_choice

Kind = Literal["conv", "linear"]
Pair = tuple[int, int]
Mask = npt.NDArray[np.bool_]


LARGEST = 2**33
"""Values that a layer's weights, padded input or output may hold: masks take a byte for each."""


def _whole(name: str, value: object, minimum: int, expected: str = "a whole number") -> int:
    """Return a whole number, Python's or NumPy's, of at least `minimum`."""
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= minimum:
        return int(value)
    raise UserError(f"{name} is {value!r}; expected {expected} >= {minimum}")


def _pair(name: str, value: object, minimum: int) -> Pair:
    expected = "one or two whole numbers"
    pair = tuple(value) if isinstance(value, tuple | list | np.ndarray) else (value, value)
    if len(pair) != 2:
        raise UserError(f"{name} is {value!r}; expected {expected} >= {minimum}")
    height, width = (_whole(name, size, minimum, expected) for size in pair)
    return height, width


@dataclass(frozen=True)
class Layer:
    """The shape of one convolution or fully connected layer; make it with `conv` or `linear`.

    A fully connected layer is a 1x1 convolution on a 1x1 map, so every model sees one form.

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

    @classmethod
    def conv(
        cls,
        name: str,
        in_channels: int,
        out_channels: int,
        kernel: int | Pair,
        stride: int | Pair = 1,
        padding: int | Pair = 0,
        input_size: int | Pair = 1,
        groups: int = 1,
    ) -> Self:
        """Make a convolution over an input of `input_size` (height, width) without padding."""
        return cls(
            name,
            "conv",
            _whole(f"{name}: in_channels", in_channels, 1),
            _whole(f"{name}: out_channels", out_channels, 1),
            _pair(f"{name}: kernel", kernel, 1),
            _pair(f"{name}: stride", stride, 1),
            _pair(f"{name}: padding", padding, 0),
            _pair(f"{name}: input_size", input_size, 1),
            _whole(f"{name}: groups", groups, 1),
        )

    @classmethod
    def linear(cls, name: str, in_features: int, out_features: int) -> Self:
        """Make a fully connected layer, a 1x1 convolution on a 1x1 map."""
        return cls(
            name,
            "linear",
            _whole(f"{name}: in_features", in_features, 1),
            _whole(f"{name}: out_features", out_features, 1),
            kernel=(1, 1),
            stride=(1, 1),
            padding=(0, 0),
            input_size=(1, 1),
            groups=1,
        )

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and self.name):
            raise UserError(f"name of a layer is {self.name!r}; expected text")
        require_choice(f"{self.name}: kind", self.kind, get_args(Kind))
        for what in ("in_channels", "out_channels", "groups"):
            _whole(f"{self.name}: {what}", getattr(self, what), 1)
        for what, minimum in (("kernel", 1), ("stride", 1), ("padding", 0), ("input_size", 1)):
            _pair(f"{self.name}: {what}", getattr(self, what), minimum)
        if self.in_channels % self.groups or self.out_channels % self.groups:
            raise UserError(
                f"{self.name}: groups is {self.groups}; it must divide in_channels "
                f"{self.in_channels} and out_channels {self.out_channels}"
            )
        if any(k > p for k, p in zip(self.kernel, self.padded_size, strict=True)):
            raise UserError(
                f"{self.name}: kernel {self.kernel} is larger than the padded input "
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
    def padded_size(self) -> Pair:
        """Height and width of the input map with its padding."""
        h, w = (size + 2 * pad for size, pad in zip(self.input_size, self.padding, strict=True))
        return h, w

    @property
    def output_size(self) -> Pair:
        """Height and width of the output map, floor convention as in PyTorch."""
        h, w = (
            (size - k) // step + 1
            for size, k, step in zip(self.padded_size, self.kernel, self.stride, strict=True)
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
        """Multiplications of one image when nothing is skipped; padding positions count."""
        return self.out_channels * self.window * self.output_pixels

    @property
    def is_depthwise(self) -> bool:
        """Whether each filter sees one channel only."""
        return self.groups > 1 and self.group_channels == 1

    @property
    def is_linear(self) -> bool:
        """Whether the layer is fully connected."""
        return self.kind == "linear"
