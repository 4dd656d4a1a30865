"""What a simulator needs to know of one layer: its shape, and where its zeros are."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Self

import numpy as np
import numpy.typing as npt

from sim.block_map import BlockMap
from sim.errors import UserError

Pair = tuple[int, int]
Mask = npt.NDArray[np.bool_]

DBB_BLOCK = 8
"""Channels per density-bound block (S2TA: BZ = 8 along the input channels)."""


def _pair(name: str, value: int | Pair, minimum: int) -> Pair:
    pair = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(pair) != 2 or any(not isinstance(v, int) or v < minimum for v in pair):
        raise UserError(f"{name} is {value!r}; expected one or two whole numbers >= {minimum}")
    return pair[0], pair[1]


@dataclass(frozen=True)
class Layer:
    """The shape of one convolution or fully connected layer; make it with `conv` or `linear`.

    A fully connected layer is a 1x1 convolution on a 1x1 map, so every model sees one form.

    Raises:
        UserError: a size is not a positive whole number, groups do not divide the channels,
            or the kernel does not fit the padded input.
    """

    name: str
    kind: Literal["conv", "linear"]
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
        """A convolution over an input of `input_size` (height, width), padding not included."""
        return cls(
            name,
            "conv",
            in_channels,
            out_channels,
            _pair(f"{name}: kernel", kernel, 1),
            _pair(f"{name}: stride", stride, 1),
            _pair(f"{name}: padding", padding, 0),
            _pair(f"{name}: input_size", input_size, 1),
            groups,
        )

    @classmethod
    def linear(cls, name: str, in_features: int, out_features: int) -> Self:
        """A fully connected layer."""
        one = (1, 1)
        return cls(name, "linear", in_features, out_features, one, one, (0, 0), one, 1)

    def __post_init__(self) -> None:
        for what in ("in_channels", "out_channels", "groups"):
            value = getattr(self, what)
            if not isinstance(value, int) or value < 1:
                raise UserError(f"{self.name}: {what} is {value!r}; expected a whole number >= 1")
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

    @property
    def padded_size(self) -> Pair:
        """(height, width) of the input map with its padding."""
        h, w = (size + 2 * pad for size, pad in zip(self.input_size, self.padding, strict=True))
        return h, w

    @property
    def output_size(self) -> Pair:
        """(height, width) of the output map, floor convention as in PyTorch."""
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
        """(K, C/groups, R, S)."""
        return (self.out_channels, self.group_channels, *self.kernel)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of one image."""
        return (self.in_channels, *self.input_size)

    @property
    def dense_macs(self) -> int:
        """Multiplications of one image when nothing is skipped; padding positions count."""
        return self.out_channels * self.window * self.output_pixels

    @property
    def is_depthwise(self) -> bool:
        """Each filter sees one channel only."""
        return self.groups > 1 and self.group_channels == 1

    @property
    def is_linear(self) -> bool:
        """A fully connected layer."""
        return self.kind == "linear"


def _checked_mask(what: str, mask: Mask | None, shape: tuple[int, ...]) -> Mask:
    if mask is None:
        return np.ones(shape, dtype=np.bool_)
    array = np.asarray(mask)
    if array.dtype != np.bool_:
        raise UserError(f"{what} has dtype {array.dtype}; expected bool (True where nonzero)")
    if array.shape != shape:
        raise UserError(f"{what} has shape {array.shape}; expected {shape}")
    return np.ascontiguousarray(array)


def _check_output(name: str, output: Mask | None, images: int) -> None:
    """Its height, width and channels are free: pooling and concatenation may follow the layer."""
    if output is None:
        return
    if np.ndim(output) != 4 or np.asarray(output).dtype != np.bool_:
        raise UserError(
            f"{name}: output mask has shape {np.shape(output)} and dtype "
            f"{np.asarray(output).dtype}; expected four axes, bool"
        )
    if len(output) != images:
        raise UserError(f"{name}: output mask holds {len(output)} images, the input {images}")


def tightest_bound(mask: Mask, axis: int = 1) -> int:
    """The largest number of True among any 8 successive entries along `axis`, 0 to 8.

    This is the n of the tightest n/8 density bound that the mask satisfies; the last block of an
    axis that is not a multiple of 8 is filled up with zeros.
    """
    lanes = np.moveaxis(mask, axis, 0)
    starts = np.arange(0, lanes.shape[0], DBB_BLOCK)
    return int(np.add.reduceat(lanes, starts, axis=0, dtype=np.uint8).max(initial=0))


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """A layer with the zeros that occurred in it; True marks a nonzero value.

    Attributes:
        layer: the shape.
        weight: (K, C/groups, R, S); None = dense.
        activation: input of the layer, (N, C, H, W) without padding; None = dense, N = 1.
        output: what is written back after activation function, pooling and pruning, i.e. the
            input of the layer that reads it, (N, K', H', W'); None = this layer's output, dense.
        activation_bound: the n of 8 that the network was told to keep per block of input
            channels (S2TA's DAP); None = the tightest bound that the mask satisfies.
        block_map: blocks of the im2col matrix that the network took as zero (sim/block_map.py);
            None = no others than the activation mask leaves. Models that skip no blocks ignore it.

    Raises:
        UserError: a mask has another dtype or shape than the layer, the masks or the block map
            disagree on the number of images, the stated bound is none, or the activation breaks
            it.
    """

    layer: Layer
    weight: Mask = None  # type: ignore[assignment]  # None is replaced by ones below
    activation: Mask = None  # type: ignore[assignment]
    output: Mask | None = None
    activation_bound: int | None = None
    block_map: BlockMap | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.layer, Layer):
            raise UserError(f"LayerTrace takes a Layer first, not {type(self.layer).__name__}")
        name, shape = self.layer.name, self.layer.weight_shape
        weight = _checked_mask(f"{name}: weight mask", self.weight, shape)
        images = 1 if self.activation is None else len(np.atleast_1d(self.activation))
        if images < 1:
            raise UserError(f"{name}: the activation mask holds no image")
        activation = _checked_mask(
            f"{name}: activation mask", self.activation, (images, *self.layer.input_shape)
        )
        _check_output(name, self.output, images)
        if self.block_map is not None:
            self.block_map.check(self.layer, images)
        bound = tightest_bound(activation)
        if self.activation_bound is None:
            object.__setattr__(self, "activation_bound", bound)
        elif self.activation_bound not in range(DBB_BLOCK + 1):
            raise UserError(
                f"{name}: activation_bound is {self.activation_bound!r}; "
                f"expected a whole number from 0 to {DBB_BLOCK}"
            )
        elif bound > self.activation_bound:
            raise UserError(
                f"{name}: an activation block holds {bound} nonzeros of {DBB_BLOCK}, "
                f"more than the stated bound {self.activation_bound}"
            )
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "activation", activation)

    @cached_property
    def weight_bound(self) -> int:
        """The n of the tightest n/8 density bound that the weights satisfy."""
        return tightest_bound(self.weight)

    @property
    def images(self) -> int:
        """Images in the activation mask."""
        return len(self.activation)

    @property
    def dense_macs(self) -> int:
        """Dense multiplications of all images together."""
        return self.layer.dense_macs * self.images

    @property
    def weight_density(self) -> float:
        """Fraction of weights that are not zero."""
        return float(self.weight.mean())

    @property
    def activation_density(self) -> float:
        """Fraction of input activations that are not zero, padding not counted."""
        return float(self.activation.mean())
