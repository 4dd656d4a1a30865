"""A trained network with thresholds to change at will: the accuracy side of the HASS search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from models.compression.activation_clip import activation_scales, clippable_tensors, set_clips
from models.compression.schemes.thresholds import weight_mask
from models.datasets import Dataset
from models.graph.hooks import temporary
from models.graph.layer_table import layer_table
from models.graph.modes import evaluating
from models.graph.stored_tensors import SparseNetwork, StoredTensor, weight
from models.training import accuracy
from models.trials.level_profile import LevelProfile
from sim import Layer, LayerTrace
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


class Thresholding:
    """Thresholds on the weights and stored tensors of a network, to change and take off at will.

    Args:
        network: changed in place.
        images: on which the deviations of stored tensors are measured, (N, C, H, W).
    """

    def __init__(self, network: SparseNetwork, images: Tensor) -> None:
        self._network = network
        self._images = images
        self._scales = activation_scales(network, images)
        self._weights = {
            name: weight(layer).detach().clone() for name, layer in network.layers.items()
        }

    @property
    def weight_names(self) -> tuple[str, ...]:
        """Layers that can have a threshold on their weights."""
        return tuple(self._weights)

    def apply(self, thresholds: LayerThresholds) -> None:
        """Set all thresholds; those that are not named are taken off."""
        with torch.no_grad():
            for name, original in self._weights.items():
                kept = weight_mask(original, thresholds.weights.get(name, 0.0))
                weight(self._network.layers[name]).copy_(original * kept)
        clips = thresholds.activations
        set_clips(
            self._network,
            {name: clips.get(name, 0.0) * scale for name, scale in self._scales.items()},
        )

    def weight_profiles(
        self, layers: Sequence[Layer], step: float, levels: int
    ) -> tuple[LevelProfile, ...]:
        """What each layer's weights would lose at 0, 1, ..., `levels` times `step` deviations.

        Args:
            layers: the same ones, with their sizes.
            step: between levels, in standard deviations of the layer's weights.
            levels: above 0.
        """
        macs = {layer.name: layer.dense_macs for layer in layers}
        return tuple(
            _value_profile(
                name,
                values,
                float(values.std(unbiased=False)) * step,
                levels,
                multiplications=macs[name] / values.numel(),
            )
            for name, values in self._weights.items()
        )

    def activation_profiles(
        self, layers: Sequence[Layer], step: float, levels: int
    ) -> tuple[LevelProfile, ...]:
        """What stored tensors would lose at each level, per image; all values count as used alike.

        Args:
            layers: with their sizes.
            step: between levels, in standard deviations of the tensor.
            levels: above 0.
        """
        macs = {layer.name: layer.dense_macs for layer in layers}
        profiles: list[LevelProfile] = []

        def record(tensor: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            if isinstance(tensor, StoredTensor):
                values, images = inputs[0], len(inputs[0])
                uses = sum(macs.get(name, 0) for name in tensor.readers) * images / values.numel()
                unit = self._scales[tensor.name] * step
                profile = _value_profile(
                    tensor.name, values, unit, levels, multiplications=uses, images=images
                )
                profiles.append(profile)

        self.apply(LayerThresholds({}, {}))
        tensors = clippable_tensors(self._network)
        hooks = (tensor.register_forward_pre_hook(record) for tensor in tensors)
        with temporary(hooks), evaluating(self._network.module), torch.no_grad():
            self._network.module(self._images)
        return tuple(profiles)


def _value_profile(
    name: str, values: Tensor, unit: float, levels: int, *, multiplications: float, images: int = 1
) -> LevelProfile:
    """The profile of single values; those of at most level times `unit` in magnitude go."""
    magnitude = values.detach().abs().flatten()
    first = (magnitude / (unit or 1.0)).ceil().clamp(max=levels + 1).to(torch.int64)
    count = torch.bincount(first, minlength=levels + 2).double()
    lost = torch.bincount(first, magnitude.double(), levels + 2).cumsum(0)
    return LevelProfile(
        name,
        multiplications,
        (count.cumsum(0) / images)[:-1].numpy(),
        (lost / lost[-1].clamp_min(1e-30))[:-1].numpy(),
    )


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
        images = dataset.train_images[-sample_images:]
        self._images = images.contiguous(memory_format=torch.channels_last)  # once, not each trial
        self._labels = dataset.train_labels[-sample_images:]
        self._trace_images = trace_images
        channels, height, width = images.shape[1:]
        self._table = layer_table(trained, (channels, height, width))
        self._network = SparseNetwork(trained.eval())
        self._thresholds = Thresholding(self._network, images)

    @property
    def weight_names(self) -> tuple[str, ...]:
        """Layers that can have a threshold on their weights."""
        return self._thresholds.weight_names

    @property
    def activation_names(self) -> tuple[str, ...]:
        """Stored tensors that can have a threshold on their values."""
        return tuple(tensor.name for tensor in clippable_tensors(self._network))

    def evaluate(self, thresholds: LayerThresholds) -> ThresholdEvaluation:
        """Accuracy on the samples, and the zeros of their first images, from one pass."""
        self._thresholds.apply(thresholds)
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
        self._thresholds.apply(thresholds)
        data = self._dataset
        return 100 * accuracy(self._network.module, data.test_images, data.test_labels)

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
