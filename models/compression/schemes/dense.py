"""The baseline: nothing is pruned, the network is only fine-tuned as long as the others."""

from dataclasses import dataclass

import numpy as np

from models.compression.full_size import ModelledScheme
from models.compression.scheme import Samples, Scheme
from models.graph.stored_tensors import SparseNetwork
from sim.layer import Layer, Mask


@dataclass(frozen=True, kw_only=True)
class Dense(Scheme):
    """Nothing is pruned: what fine-tuning alone gains, pruned networks are compared with."""

    def prune(self, network: SparseNetwork, samples: Samples) -> None:
        """Leave the network as it is."""


@dataclass(frozen=True, kw_only=True)
class FullSizeDense(ModelledScheme):
    """Weights have no zeros but those that a user's network has."""

    @property
    def pruning(self) -> Dense:
        """Nothing is pruned in a user's network either."""
        return Dense(fine_tune_epochs=0)

    def weight_mask(
        self, layer: Layer, density: float, spread: float, rng: np.random.Generator
    ) -> Mask:
        """Every weight is nonzero, whatever the tables say."""
        return np.ones(layer.weight_shape, np.bool_)

    def weights_in_words(self, name: str) -> str:
        """The provenance says that there are no zeros."""
        return "all nonzero"


SCHEME = Dense
FULL_SIZE = FullSizeDense
