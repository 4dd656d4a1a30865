"""What a compression scheme is to networks of full size, where nothing can be fine-tuned.

The module of a scheme has such a class as `FULL_SIZE`, beside its `SCHEME`, if it takes part there.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from torch import Tensor

from models.compression.activation_dbb import bounds_by_share, set_bounds
from models.compression.quantization import quantize
from models.compression.repair.supports import Group
from models.compression.scheme import Samples, Scheme
from models.compression.weight_masks import make_masks_permanent
from models.graph.stored_tensors import SparseNetwork
from sim.layer import Layer, Mask


@dataclass(frozen=True, kw_only=True)
class FullSizeScheme(ABC):
    """Settings of a scheme among the keys of section `imagenet`, and pruning of a user's network.

    Two schemes may share a key. Attributes of the class:
        after_rounding: whether the pruning acts on what INT8 rounding leaves.
    """

    after_rounding: ClassVar[bool] = False

    @abstractmethod
    def prune(self, network: SparseNetwork, samples: Samples) -> str | None:
        """Prune a trained network in place.

        Args:
            network: in INT8 if `after_rounding`.
            samples: the user's images, with an accuracy where they have labels.

        Returns:
            What was done, for the provenance of the trace; None = the scheme's name says it.

        Raises:
            UserError: the settings need what the samples do not have.
        """

    def prune_and_round(
        self,
        network: SparseNetwork,
        images: Tensor,
        calibration: Tensor,
        accuracy_percent: Callable[[SparseNetwork], float] | None = None,
        after_step: Callable[[], None] = lambda: None,
    ) -> str | None:
        """Prune a trained network and round it to INT8 in the order of the scheme, in place.

        Args:
            network: as trained.
            images: that a scheme which prunes before rounding chooses by.
            calibration: images that set the ranges of activations; a scheme that prunes after
                rounding chooses by them.
            accuracy_percent: of a network, where the images have labels.
            after_step: called after each of the two steps.

        Returns:
            As `prune`.

        Raises:
            UserError: as `prune`.
        """
        if self.after_rounding:
            quantize(network, calibration)
            after_step()
            words = self.prune(network, Samples(calibration, accuracy_percent))
        else:
            words = self.prune(network, Samples(images, accuracy_percent))
            after_step()
            quantize(network, calibration)
        after_step()
        return words


@dataclass(frozen=True, kw_only=True)
class ModelledScheme(FullSizeScheme):
    """A scheme that says where zeros lie in a network without weights, too.

    Attributes of the class:
        in_every_layer: whether the first layer, those that make the result and depthwise
            convolutions are pruned, which training leaves dense.
        kept_in: within what the number of weights that stay is the scheme's, which of them is free.
    """

    in_every_layer: ClassVar[bool] = False
    kept_in: ClassVar[Group] = "layer"

    @property
    @abstractmethod
    def pruning(self) -> Scheme:
        """The scheme as it prunes a trained network, with settings from here."""

    @abstractmethod
    def weight_mask(
        self, layer: Layer, density: float, spread: float, rng: np.random.Generator
    ) -> Mask:
        """Where the weights of a layer that is pruned are not zero, (K, C/groups, R, S).

        Args:
            layer: its shape.
            density: that the tables give it, which only unstructured pruning follows.
            spread: of filter and channel strengths (sim.generate.weights).
            rng: draws the weights.
        """

    def weights_in_words(self, name: str) -> str:
        """How the weights were made, for the provenance of a trace under the scheme's name."""
        return f"{name}, random positions"

    @property
    def activations_removed(self) -> float | None:
        """Share of the nonzero activations that may be pruned to a bound; None = no bound."""
        return None

    def mask(self, network: SparseNetwork, samples: Samples) -> None:
        """Mask the weights of a trained network and bound its activations, in place.

        Both hold while it is trained on.
        """
        self.pruning.prune(network, samples)
        if self.activations_removed is not None:
            bounds = bounds_by_share(network, samples.images, self.activations_removed)
            set_bounds(network, bounds)

    def prune(self, network: SparseNetwork, samples: Samples) -> str | None:
        """Put the zeros of the scheme into a trained network, in place."""
        self.mask(network, samples)
        make_masks_permanent(network)
        return None
