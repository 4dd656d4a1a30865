"""Convolutions of one to three axes, transposed ones included, as plain ones over a plane."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.products.product import Operation, Product
from sim import Layer, conv_transpose
from sim.errors import UserError
from sim.layer import Mask
from sim.sizes import Pair, Sides


@dataclass(frozen=True)
class Windows:
    """How the windows of a convolution move; a value for each spatial axis.

    Attributes:
        stride, dilation: steps between windows and within one.
        pads: zeros before and after; of a transposed one, what is cut away.
        groups: of channels.
        transposed: whether the stride is between the outputs.
        output_padding: further outputs of a transposed one after the last.
    """

    stride: tuple[int, ...]
    pads: tuple[Pair, ...]
    dilation: tuple[int, ...]
    groups: int = 1
    transposed: bool = False
    output_padding: tuple[int, ...] = ()

    def on_a_plane(self) -> "Windows":
        """Windows without an axis before the last two; one axis is a map of one row."""
        if len(self.stride) == 1:
            return Windows(
                (1, *self.stride),
                ((0, 0), *self.pads),
                (1, *self.dilation),
                self.groups,
                self.transposed,
                (0, *self.output_padding),
            )
        return Windows(
            self.stride[-2:],
            self.pads[-2:],
            self.dilation[-2:],
            self.groups,
            self.transposed,
            self.output_padding[-2:],
        )

    @property
    def sides(self) -> Sides:
        """Zeros of a plane, ((top, bottom), (left, right))."""
        down, across = self.pads
        return down, across


def convolutions(operation: Operation, windows: Windows) -> Iterator[Product]:
    """A convolution, for each map of the image that it is called with.

    The operands are the maps, (N, C, ...), and the kernel.

    Raises:
        UserError: its kernel is made of activations, it has more than three axes, or it is 3-D and
            does not map onto a plane.
    """
    maps, weight = operation.operands
    if not operation.known[1]:
        raise UserError(
            f"{operation.name}: convolves with a kernel that is made of activations, which has no "
            "row in a table of layers; expected a kernel of parameters"
        )
    if weight.ndim > 5:
        raise UserError(
            f"{operation.name}: a convolution over {weight.ndim - 2} axes has no row in a table of "
            "layers; expected one to three"
        )
    if weight.ndim == 5:
        maps, weight = _flattened(operation.name, maps, weight, windows)
    if weight.ndim == 3:  # 1-D: a map of one row
        maps, weight = maps[:, :, None], weight[:, :, None]
    windows = windows.on_a_plane()
    turned = transposed_weight(weight, windows.groups) if windows.transposed else weight
    for channels in maps:
        layer = _layer(operation.name, channels.shape, weight.shape, windows)
        yield Product(layer, turned, channels, ("activation", "weight"))


def _layer(
    name: str, shape: tuple[int, ...], weight_shape: tuple[int, ...], windows: Windows
) -> Layer:
    channels, *size = shape
    filters, per_group, *kernel = weight_shape
    down, across = size
    (step_y, step_x), (spread_y, spread_x) = windows.stride, windows.dilation
    shared: dict[str, Any] = {
        "kernel": (kernel[0], kernel[1]),
        "stride": (step_y, step_x),
        "padding": windows.sides,
        "input_size": (down, across),
        "groups": windows.groups,
        "dilation": (spread_y, spread_x),
    }
    if not windows.transposed:
        return Layer.conv(name, channels, filters, **shared)
    below, beside = windows.output_padding
    every = per_group * windows.groups
    return conv_transpose(name, channels, every, **shared, output_padding=(below, beside))


def transposed_weight(weight: Mask, groups: int) -> Mask:
    """Weights of a transposed convolution (C, K/groups, R, S) as those of the convolution it is."""
    grouped = weight.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)
    return np.ascontiguousarray(grouped.reshape(-1, *grouped.shape[2:])[..., ::-1, ::-1])


def _flattened(name: str, maps: Mask, weight: Mask, windows: Windows) -> tuple[Mask, Mask]:
    """A 3-D convolution as a plane: one whose kernel is as deep as its input.

    Its layers are then channels.

    Raises:
        UserError: the kernel slides along the depth.
    """
    depth = weight.shape[2]
    if windows.transposed or maps.shape[2] != depth or any(windows.pads[0]):
        raise UserError(
            f"{name}: a 3-D convolution whose kernel slides along the depth does not map onto "
            f"a plane; expected a kernel as deep as its input ({maps.shape[2]}), not padded there"
        )
    maps = maps.reshape(len(maps), -1, *maps.shape[3:])
    return maps, weight.reshape(len(weight), -1, *weight.shape[3:])
