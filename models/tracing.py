"""From a quantized network to a trace: layers, INT8 weights and the zeros of activations."""

import numpy as np
import torch
from torch import Tensor, nn

from models.compression.activation_dbb import tensor_bound
from models.compression.blocks.recording import recorded_blocks
from models.compression.quantization import weight_int8
from models.graph.hooks import temporary
from models.graph.layer_table import consumers, layer_table
from models.graph.modes import evaluating
from models.graph.stored_tensors import SparseNetwork, StoredTensor
from sim import BlockMap, Layer, LayerTrace, NetworkTrace, Provenance, TracedLayer
from sim.layer import Mask


def trace_network(
    network: nn.Module, quantized: SparseNetwork, images: Tensor, provenance: Provenance
) -> NetworkTrace:
    """Run images through a quantized network and record which stored values are zero.

    A value counts as zero if its INT8 form is, so what rounding sends to zero is a zero too.

    Args:
        network: the architecture alone, with any weights: shapes and edges are read from it.
        quantized: the same network, compressed and quantized.
        images: held-out images (N, C, H, W).
        provenance: goes into the trace as it is.

    Returns:
        One entry per conv and FC layer in running order, with its block map if the network is
        pruned blockwise. Layers whose input is pruned carry that
        bound; all others carry 8, because nothing promises them fewer nonzeros than the images at
        hand happen to have.
    """
    table = layer_table(network, (images.shape[1], images.shape[2], images.shape[3]))
    readers = consumers(network)
    with recorded_blocks(quantized.module) as blocks:
        masks = _stored_masks(quantized, images)
    bounds = {name: tensor_bound(tensor) for tensor in quantized.stored for name in tensor.readers}
    return NetworkTrace(
        provenance,
        tuple(
            _traced(
                layer,
                quantized,
                masks[layer.name],
                bounds[layer.name],
                readers[layer.name],
                blocks.get(layer.name),
            )
            for layer in table
        ),
    )


def _traced(
    layer: Layer,
    quantized: SparseNetwork,
    mask: Mask,
    bound: int,
    consumer: str | None,
    blocks: BlockMap | None,
) -> TracedLayer:
    module = quantized.layers[layer.name]
    weight = weight_int8(module)
    if isinstance(module, nn.Linear) and mask.ndim > 2:  # tokens: channels come last
        mask = np.moveaxis(mask, -1, 1)
    activation = np.ascontiguousarray(mask).reshape(len(mask), *layer.input_shape)
    trace = LayerTrace(layer, weight != 0, activation, activation_bound=bound, block_map=blocks)
    return TracedLayer(trace, weight, consumer)


def _stored_masks(quantized: SparseNetwork, images: Tensor) -> dict[str, Mask]:
    """For each layer, where its input is nonzero; (N, C, H, W) or (N, features)."""
    masks: dict[str, Mask] = {}

    def record(tensor: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        if isinstance(tensor, StoredTensor):
            mask = np.ascontiguousarray((output != 0).cpu().numpy())
            masks.update(dict.fromkeys(tensor.readers, mask))

    hooks = (tensor.register_forward_hook(record) for tensor in quantized.stored)
    with temporary(hooks), evaluating(quantized.module), torch.no_grad():
        quantized.module(images)
    return masks
