"""The baseline: nothing is pruned, the network is only fine-tuned as long as the others."""

from dataclasses import dataclass

from models.compression.scheme import Samples, Scheme
from models.graph.stored_tensors import SparseNetwork


@dataclass(frozen=True, kw_only=True)
class Dense(Scheme):
    """No pruning. Fine-tuning alone can gain accuracy, so pruned networks compare with this."""

    def prune(self, network: SparseNetwork, samples: Samples) -> None:
        """Leave the network as it is."""


SCHEME = Dense
