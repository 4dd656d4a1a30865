"""A trained network with thresholds to change at will: the accuracy side of the HASS search."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from models.compression.activation_clip import activation_scales, clippable_tensors, set_clips
from models.compression.schemes.thresholds import weight_mask
from models.datasets import Dataset
from models.graph.hooks import temporary
from models.graph.layer_table import layer_table
from models.graph.stored_tensors import SparseNetwork, StoredTensor, weight
from models.training import accuracy
from sim import LayerTrace
from sim.errors import UserError
from sim.layer import Mask


@dataclass(frozen=True)
class LayerThresholds:
    """Thresholds in standard deviations, as in the scheme `thresholds`.

    Attributes:
        weights: by layer; a layer that is not named keeps its weights.
        activations: by stored tensor; likewise.
    """

    weights: Mapping[str, float]
    activations: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class ThresholdEvaluation:
    """What thresholds do to a network.

    Attributes:
        accuracy_percent: top-1 on the samples.
        traces: one per layer, over the first sample images.
    """

    accuracy_percent: float
    traces: tuple[LayerTrace, ...]


class ThresholdedNetwork:
    """Applies thresholds without fine-tuning and measures; knows nothing of hardware.

    Values are those of the trained network in floating point: the published designs calculate in
    16-bit fixed point, which costs next to no accuracy. Samples are the last training images;
    test images are only for the verdict on what was chosen.

    Args:
        trained: changed in place.
        dataset: the data that it was trained on.
        sample_images: on which accuracy and scales are measured.
        trace_images: whose zeros go into the traces.

    Raises:
        UserError: more images are asked for than there are.
    """

    def __init__(
        self, trained: nn.Module, dataset: Dataset, sample_images: int, trace_images: int
    ) -> None:
        if not 1 <= trace_images <= sample_images <= len(dataset.train_images):
            raise UserError(
                f"trace_images {trace_images}, sample_images {sample_images}: expected "
                f"1 <= trace_images <= sample_images <= {len(dataset.train_images)}"
            )
        self._dataset = dataset
        self._images = dataset.train_images[-sample_images:]
        self._labels = dataset.train_labels[-sample_images:]
        self._trace_images = trace_images
        channels, height, width = self._images.shape[1:]
        self._table = layer_table(trained, (channels, height, width))
        self._network = SparseNetwork(trained.eval())
        self._scales = activation_scales(self._network, self._images)
        self._weights = {
            name: weight(layer).detach().clone() for name, layer in self._network.layers.items()
        }

    @property
    def weight_names(self) -> tuple[str, ...]:
        """Layers that can have a threshold on their weights."""
        return tuple(self._weights)

    @property
    def activation_names(self) -> tuple[str, ...]:
        """Stored tensors that can have a threshold on their values."""
        return tuple(tensor.name for tensor in clippable_tensors(self._network))

    def evaluate(self, thresholds: LayerThresholds) -> ThresholdEvaluation:
        """Accuracy on the samples, and the zeros of their first images, from one pass."""
        self._apply(thresholds)
        masks: dict[str, Mask] = {}

        def record(tensor: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
            if isinstance(tensor, StoredTensor) and tensor.name not in masks:
                first = output[: self._trace_images]
                masks[tensor.name] = np.ascontiguousarray((first != 0).numpy())

        with temporary(tensor.register_forward_hook(record) for tensor in self._network.stored):
            top1 = accuracy(self._network.module, self._images, self._labels)
        return ThresholdEvaluation(100 * top1, self._traces(masks))

    def test_accuracy_percent(self, thresholds: LayerThresholds) -> float:
        """Top-1 on the test images; never for choosing."""
        self._apply(thresholds)
        data = self._dataset
        return 100 * accuracy(self._network.module, data.test_images, data.test_labels)

    def _apply(self, thresholds: LayerThresholds) -> None:
        with torch.no_grad():
            for name, original in self._weights.items():
                kept = weight_mask(original, thresholds.weights.get(name, 0.0))
                weight(self._network.layers[name]).copy_(original * kept)
        clips = thresholds.activations
        set_clips(
            self._network,
            {name: clips.get(name, 0.0) * scale for name, scale in self._scales.items()},
        )

    def _traces(self, masks: Mapping[str, Mask]) -> tuple[LayerTrace, ...]:
        inputs = {name: masks[t.name] for t in self._network.stored for name in t.readers}
        return tuple(
            LayerTrace(
                layer,
                (weight(self._network.layers[layer.name]) != 0).numpy().reshape(layer.weight_shape),
                inputs[layer.name].reshape(-1, *layer.input_shape),
            )
            for layer in self._table
        )
