"""What a compression scheme is to the rest: settings, and one step that prunes a network."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor

from models.graph.stored_tensors import SparseNetwork
from models.training import Recipe
from sim.errors import UserError
from sim.validation import require_positive


@dataclass(frozen=True)
class Samples:
    """Training images that are kept out of fine-tuning, for choices that a scheme makes.

    The network has seen them while it was trained, so an accuracy on them is too high; the loss
    that pruning causes on them is what they are for. Test images never guide a choice.

    Attributes:
        images: (N, C, H, W).
        accuracy_percent: top-1 of a network on these images; None = they have no labels.
    """

    images: Tensor
    accuracy_percent: Callable[[SparseNetwork], float] | None = None

    def require_accuracy(self, purpose: str) -> Callable[[SparseNetwork], float]:
        """The accuracy function, which a purpose named in words cannot do without.

        Raises:
            UserError: the images have no labels.
        """
        if self.accuracy_percent is None:
            raise UserError(f"{purpose} needs labelled images")
        return self.accuracy_percent


@dataclass(frozen=True, kw_only=True)
class Scheme(ABC):
    """Settings of a scheme; a subclass adds its own and says how it prunes.

    Attributes:
        fine_tune_epochs: passes over the training images after pruning; the same for `dense`.
        learning_rate: peak rate of the fine-tuning.
        batch_size: images per step of the fine-tuning.
        held_out_images: training images kept out of fine-tuning (see Samples).
        calibration_images: training images that set the ranges of INT8 activations.
        seed: order of the images in fine-tuning.
        threads: of torch; part of the settings because sums, hence weights, depend on it.

    Raises:
        UserError: a value is out of range.
    """

    fine_tune_epochs: int = 2
    learning_rate: float = 4e-3
    batch_size: int = 128
    held_out_images: int = 512
    calibration_images: int = 256
    seed: int = 0
    threads: int = 2

    def __post_init__(self) -> None:
        require_positive(
            held_out_images=self.held_out_images, calibration_images=self.calibration_images
        )
        _ = self.fine_tuning  # checks its values

    @property
    def fine_tuning(self) -> Recipe | None:
        """How the pruned network is trained on; None if it is not.

        Raises:
            UserError: a value is out of range.
        """
        if self.fine_tune_epochs == 0:
            return None
        return Recipe(
            epochs=self.fine_tune_epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            seed=self.seed,
            threads=self.threads,
        )

    def weight_masks(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor] | None:
        """Which weights stay, by layer, for a scheme that needs nothing but the weights to say so.

        Args:
            weights: of the layers that are pruned, in running order, (K, C/groups, R, S) or (K, C).

        Returns:
            Bool masks of the same shapes; None = the scheme asks more than the weights.
        """
        del weights
        return None

    @abstractmethod
    def prune(self, network: SparseNetwork, samples: Samples) -> None:
        """Put weight masks and activation pruning on a trained network, in place."""
