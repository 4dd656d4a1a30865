"""From a quantized network to a trace: layers, INT8 weights and the zeros of activations."""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from models.compression.activation_dbb import tensor_bound
from models.compression.blocks.recording import recorded_blocks
from models.compression.quantization import is_quantized, weight_int8
from models.graph.activation_product import SECOND
from models.graph.hooks import temporary
from models.graph.layer_table import layer_table
from models.graph.modes import evaluating
from models.graph.readers import readers
from models.graph.stored_tensors import SparseNetwork, StoredTensor
from models.graph.stored_tensors import weight as layer_weight
from models.products import Operation, linked, matrix_product
from sim import BlockMap, Layer, LayerTrace, NetworkTrace, Provenance, TracedLayer
from sim.layer import Mask


def trace_network(
    network: nn.Module, quantized: SparseNetwork, images: Tensor, provenance: Provenance
) -> NetworkTrace:
    """Run images through a compressed network and record which stored values are zero.

    In a quantized network a value counts as zero if its INT8 form is, so what rounding sends to
    zero is a zero too; in one that is not, if the real number is.

    Args:
        network: the architecture alone, with any weights: shapes and edges are read from it.
        quantized: the same network, compressed and, for INT8 zeros, quantized.
        images: held-out images (N, C, H, W), or other inputs, images first.
        provenance: goes into the trace as it is.

    Returns:
        One entry per layer and product of activations in running order, with its block map if the
        network is pruned blockwise. Layers whose input is pruned carry that
        bound; all others carry 8, because nothing promises them fewer nonzeros than the images at
        hand happen to have.
    """
    table = layer_table(network, tuple(images.shape[1:]))
    readings, layers = readers(network), {layer.name: layer for layer in table}
    with recorded_blocks(quantized.module) as blocks:
        masks = _stored_masks(quantized, images)
    bounds = {name: tensor_bound(tensor) for tensor in quantized.stored for name in tensor.readers}

    def entry(layer: Layer) -> TracedLayer:
        name = layer.name
        if layer.is_product:
            trace = _product(layer, masks[name], masks[name + SECOND])
            return linked(TracedLayer(trace), readings[name], layers)
        weight, int8 = _weight(quantized.layers[name], layer)
        trace = _layer(layer, quantized, weight, masks[name], bounds[name], blocks.get(name))
        return linked(TracedLayer(trace, int8), readings[name], layers)

    rounded = any(is_quantized(module) for module in quantized.layers.values())
    return NetworkTrace(provenance, tuple(map(entry, table)), "int8" if rounded else "real")


def _weight(module: nn.Module, layer: Layer) -> tuple[Mask, npt.NDArray[np.int8] | None]:
    """Which weights are not zero, (K, C/groups, R, S), and the integers of a quantized layer."""
    if is_quantized(module):
        integers = weight_int8(module)
        return integers != 0, integers
    mask: Mask = (layer_weight(module).detach() != 0).cpu().numpy()
    return mask.reshape(layer.weight_shape), None


def _layer(
    layer: Layer,
    quantized: SparseNetwork,
    weight: Mask,
    mask: Mask,
    bound: int,
    blocks: BlockMap | None,
) -> LayerTrace:
    if isinstance(quantized.layers[layer.name], nn.Linear) and mask.ndim > 2:
        mask = np.moveaxis(mask, -1, 1)  # tokens: channels come last
    activation = np.ascontiguousarray(mask).reshape(len(mask), *layer.input_shape)
    return LayerTrace(layer, weight, activation, activation_bound=bound, block_map=blocks)


def _product(layer: Layer, first: Mask, second: Mask) -> LayerTrace:
    """A product of activations; masks (N, ..., rows, inner) and (N, ..., inner, columns)."""
    made = [
        matrix_product(Operation(layer.name, (_stack(image), _stack(other)), (False, False)))
        for image, other in zip(first, second, strict=True)
    ]
    weight = np.stack([product.weight for product in made])
    activation = np.stack([product.activation for product in made])
    # 8: nothing promises fewer nonzeros in a block
    return LayerTrace(layer, weight, activation, activation_bound=8)


def _stack(mask: Mask) -> Mask:
    """An operand of one image as (batch, rows, columns)."""
    return mask.reshape(-1, *mask.shape[-2:])


def _stored_masks(quantized: SparseNetwork, images: Tensor) -> dict[str, Mask]:
    """For each reading (`StoredTensor.readers`), where what is read is nonzero, as it is stored."""
    masks: dict[str, Mask] = {}

    def record(tensor: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        if isinstance(tensor, StoredTensor):
            mask = np.ascontiguousarray((output != 0).cpu().numpy())
            masks.update(dict.fromkeys(tensor.readers, mask))

    hooks = (tensor.register_forward_hook(record) for tensor in quantized.stored)
    with temporary(hooks), evaluating(quantized.module), torch.no_grad():
        quantized.module(images)
    return masks
