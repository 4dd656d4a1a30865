"""Density-bound blocks on both operands (S2TA): n of 8 weights and n of 8 activations."""

from dataclasses import dataclass

from models.compression.activation_dbb import choose_bounds, set_bounds
from models.compression.density_bound import keep_largest
from models.compression.scheme import Samples, Scheme
from models.compression.weight_masks import apply_weight_masks, prunable_layers
from models.graph.stored_tensors import SparseNetwork, weight
from sim.errors import UserError
from sim.masks.density_bound import DBB_BLOCK
from sim.validation import require_choice


@dataclass(frozen=True, kw_only=True)
class Dbb(Scheme):
    """W-DBB with one bound for the network, A-DBB with a bound per stored tensor.

    Attributes:
        weight_bound: weights kept of every 8 along the input channels, 1 to 8; a last block of
            fewer channels counts as filled up with zeros.
        activation_budget_points: top-1 points that activation pruning alone may cost before
            fine-tuning, on the samples; 0 prunes what costs nothing, None prunes no activations.

    Raises:
        UserError: a value is out of range.
    """

    weight_bound: int = 4
    activation_budget_points: float | None = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        require_choice("weight_bound", self.weight_bound, range(1, DBB_BLOCK + 1))
        budget = self.activation_budget_points
        if budget is not None and not 0 <= budget <= 100:
            raise UserError(
                f"activation_budget_points is {budget!r}; expected 0 to 100 percentage points"
            )

    def prune(self, network: SparseNetwork, samples: Samples) -> None:
        """Choose activation bounds on the network as trained, then mask the weights as well."""
        if self.activation_budget_points is not None:
            bounds = choose_bounds(
                network,
                samples.images,
                lambda: samples.accuracy_percent(network),
                self.activation_budget_points,
            )
            set_bounds(network, bounds)
        masks = {
            name: keep_largest(weight(layer).detach(), self.weight_bound)
            for name, layer in prunable_layers(network).items()
        }
        apply_weight_masks(network, masks)


SCHEME = Dbb
