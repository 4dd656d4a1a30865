"""One-shot pruning by per-layer thresholds on weights and activations (HASS), no fine-tuning."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from models.compression.activation_clip import activation_scales, set_clips
from models.compression.scheme import Samples, Scheme
from models.compression.weight_masks import apply_weight_masks
from models.graph.stored_tensors import SparseNetwork, weight
from sim.validation import require_not_negative, unknown


@dataclass(frozen=True, kw_only=True)
class Thresholds(Scheme):
    """A weight goes if its magnitude is at most tau_w, an activation if at most tau_a.

    Thresholds are multiples of the standard deviation of the layer's weights, or of the stored
    tensor over the samples. All layers take part, the first, the last and depthwise ones too; the
    image alone is never clipped.

    Attributes:
        weight: tau_w of the layers that `weights` does not name.
        activation: tau_a of the tensors that `activations` does not name.
        weights: tau_w by layer.
        activations: tau_a by stored tensor, which is called like the first layer that reads it.
    """

    fine_tune_epochs: int = 0
    weight: float = 0.0
    activation: float = 0.0
    weights: Mapping[str, float] = field(default_factory=dict)
    activations: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        named = {"weight": self.weight, "activation": self.activation}
        named |= {f"weights.{name}": value for name, value in self.weights.items()}
        named |= {f"activations.{name}": value for name, value in self.activations.items()}
        require_not_negative(**{f"threshold {name}": value for name, value in named.items()})

    def prune(self, network: SparseNetwork, samples: Samples) -> None:
        """Put masks on weights and clips on stored tensors."""
        scales = activation_scales(network, samples.images)
        for name in self.weights:
            if name not in network.layers:
                raise unknown("layer in weights:", name, network.layers)
        for name in self.activations:
            if name not in scales:
                raise unknown("tensor in activations:", name, scales)
        masks = {
            name: weight_mask(weight(layer).detach(), self.weights.get(name, self.weight))
            for name, layer in network.layers.items()
        }
        apply_weight_masks(network, masks)
        set_clips(
            network,
            {
                name: self.activations.get(name, self.activation) * scale
                for name, scale in scales.items()
            },
        )


def weight_mask(weights: Tensor, threshold: float) -> Tensor:
    """Which weights stay: those whose magnitude exceeds the threshold, in standard deviations.

    A threshold of 0 keeps every weight that is not zero. A layer never loses all its weights: the
    largest stays.
    """
    magnitude = weights.abs()
    spread = weights.std(unbiased=False)
    return (magnitude > threshold * spread) | (magnitude == magnitude.max())


SCHEME = Thresholds
