"""Where the zeros of one layer are: all that a simulator needs to know beside its shape."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from sim.errors import UserError
from sim.layer import Layer, Mask
from sim.masks.block_map import BlockMap
from sim.masks.density_bound import DBB_BLOCK, tightest_bound
from sim.masks.frozen import frozen
from sim.sizes import token_grid, whole
from sim.validation import described, require_flag


@dataclass(frozen=True, eq=False, init=False)
class LayerTrace:
    """A layer with the zeros that occurred in it; True marks a nonzero value.

    Attributes:
        layer: the shape.
        weight: (K, C/groups, R, S); of a product of activations, whose second operand each image
            has for itself, (N, K, C/groups, 1, 1) or the same for all images without N.
        activation: input of the layer, (N, C, H, W) without padding.
        output: what is written back after activation function, pooling and pruning, i.e. the
            input of the layer that reads it, (N, K', H', W'); None = this layer's output, dense.
        activation_bound: the n of 8 that the network keeps per block of input channels (S2TA's
            DAP), at least the tightest bound that the mask satisfies.
        block_map: blocks of the im2col matrix that the network took as zero
            (sim/masks/block_map.py); None = no others than the activation mask leaves. Models that
            skip no blocks ignore it.
        reads_image: the input is the network's, which is never on chip beforehand.
        ends_network: the output is the network's, which does not stay on chip.
    """

    layer: Layer
    weight: Mask
    activation: Mask
    output: Mask | None
    activation_bound: int
    block_map: BlockMap | None
    reads_image: bool
    ends_network: bool

    def __init__(
        self,
        layer: Layer,
        weight: Mask | None = None,
        activation: Mask | None = None,
        output: Mask | None = None,
        *,
        activation_bound: int | None = None,
        block_map: BlockMap | None = None,
        reads_image: bool = False,
        ends_network: bool = False,
    ) -> None:
        """Check the masks against the layer and each other; see `of` for what None stands for."""
        if not isinstance(layer, Layer):
            raise UserError(f"LayerTrace takes a Layer first, not {type(layer).__name__}")
        weight, activation, output = (
            _array(f"{layer.name}: {what} mask", mask)
            for what, mask in (("weight", weight), ("activation", activation), ("output", output))
        )
        images = 1 if activation is None else _images(layer, activation)
        weight_shape: tuple[int, ...] = layer.weight_shape
        if layer.is_product and weight is not None and weight.ndim > len(weight_shape):
            weight_shape = (images, *weight_shape)
        weight = _mask_or_ones(f"{layer.name}: weight mask", weight, weight_shape)
        input_shape = (images, *layer.input_shape)
        activation = _mask_or_ones(f"{layer.name}: activation mask", activation, input_shape)
        _check_output(layer.name, output, images)
        if block_map is not None and layer.is_product:
            raise UserError(f"{layer.name}: a product of activations has no block map")
        if block_map is not None:
            if not isinstance(block_map, BlockMap):
                raise UserError(f"{layer.name}: block_map is no BlockMap: {described(block_map)}")
            block_map.check(layer, images)
        require_flag(reads_image=reads_image, ends_network=ends_network)
        vars(self).update(  # the class is frozen: nothing is assigned after this
            layer=layer,
            weight=weight,
            activation=activation,
            output=None if output is None else frozen(output),
            activation_bound=_bound(layer.name, activation, activation_bound),
            block_map=block_map,
            reads_image=reads_image,
            ends_network=ends_network,
        )

    @classmethod
    def of(
        cls,
        layer: Layer,
        *,
        weight: Mask | None = None,
        activation: Mask | None = None,
        output: Mask | None = None,
        activation_bound: int | None = None,
        block_map: BlockMap | None = None,
        reads_image: bool = False,
        ends_network: bool = False,
    ) -> Self:
        """Make a trace in which whatever is left out has no zeros.

        Args:
            layer: the shape.
            weight: None = ones, every weight nonzero.
            activation: None = ones, one image without a zero.
            output: None = the layer's own output without a zero.
            activation_bound: None = the tightest bound that the activation satisfies.
            block_map: None = no blocks are taken as zero.
            reads_image: the input is the network's.
            ends_network: the output is the network's.

        Raises:
            UserError: a mask has another dtype or shape than the layer, the masks or the block map
                disagree on the number of images, the stated bound is none, or the activation
                breaks it.
        """
        return cls(
            layer,
            weight,
            activation,
            output,
            activation_bound=activation_bound,
            block_map=block_map,
            reads_image=reads_image,
            ends_network=ends_network,
        )

    @cached_property
    def weight_bound(self) -> int:
        """The n of the tightest n/8 density bound that the weights satisfy."""
        return tightest_bound(self.weight, axis=-3)

    @cached_property
    def weight_nonzeros(self) -> int:
        """Weights that are not zero; of a product of activations, of all images."""
        return int(np.count_nonzero(self.weight))

    def products_by_image(self) -> Iterator[Self]:
        """The images of a product of activations one by one, each with its own second operand."""
        for image in range(self.images):
            yield replace(
                self,
                weight=self.weight[image] if self.weight.ndim > 4 else self.weight,
                activation=self.activation[[image]],
                output=None if self.output is None else self.output[[image]],
            )

    @property
    def second_map(self) -> Mask:
        """The second operand of a product of activations as a map, (N, batch * inner, H, W).

        Its columns are the positions, arranged by `token_grid`.

        Raises:
            UserError: the layer is no such product.
        """
        layer = self.layer
        if not layer.is_product:
            raise UserError(f"{layer.name}: its second operand is no map but weights")
        weight = np.broadcast_to(self.weight, (self.images, *layer.weight_shape))
        columns = weight.reshape(
            self.images, layer.groups, layer.group_filters, layer.group_channels
        )
        grid = token_grid(f"{layer.name}: columns", layer.group_filters)
        return columns.swapaxes(2, 3).reshape(self.images, layer.in_channels, *grid)

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


def _mask_or_ones(what: str, mask: Mask | None, shape: tuple[int, ...]) -> Mask:
    if mask is None:
        ones = np.ones(shape, dtype=np.bool_)
        ones.flags.writeable = False
        return ones
    if mask.shape != shape:
        raise UserError(f"{what} has shape {mask.shape}; expected {shape}")
    return frozen(np.ascontiguousarray(mask))


def _array(what: str, mask: object) -> Mask | None:
    """A mask as an array; what is none is refused."""
    if mask is None:
        return None
    if isinstance(mask, np.ma.MaskedArray):
        raise UserError(f"{what} is a masked array; expected a plain one, False where zero")
    try:
        array = np.asarray(mask)
    except (TypeError, ValueError) as error:
        raise UserError(f"{what} is no array ({error}); expected booleans") from error
    if array.dtype != np.bool_:
        raise UserError(f"{what} has dtype {array.dtype}; expected bool (True where nonzero)")
    return array


def _images(layer: Layer, activation: Mask) -> int:
    axes = ", ".join(map(str, layer.input_shape))
    if activation.ndim != 1 + len(layer.input_shape):
        raise UserError(
            f"{layer.name}: activation mask has shape {activation.shape}; expected (images, {axes})"
        )
    if not len(activation):
        raise UserError(f"{layer.name}: the activation mask holds no image")
    return len(activation)


def _check_output(name: str, output: Mask | None, images: int) -> None:
    """Check images and dtype; pooling and concatenation leave the other axes free."""
    if output is None:
        return
    if output.ndim != 4:
        raise UserError(f"{name}: output mask has shape {output.shape}; expected four axes")
    if len(output) != images:
        raise UserError(f"{name}: output mask holds {len(output)} images, the input {images}")


def _bound(name: str, activation: Mask, stated: int | None) -> int:
    tightest = tightest_bound(activation)
    if stated is None:
        return tightest
    stated = whole(f"{name}: activation_bound", stated, 0)
    if stated > DBB_BLOCK:
        raise UserError(
            f"{name}: activation_bound is {stated}; expected a whole number from 0 to {DBB_BLOCK}"
        )
    if tightest > stated:
        raise UserError(
            f"{name}: an activation block holds {tightest} nonzeros of {DBB_BLOCK}, "
            f"more than the stated bound {stated}"
        )
    return stated
