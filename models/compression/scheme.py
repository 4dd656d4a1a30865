"""What a compression scheme is to the rest: settings, and one step that prunes a network."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from models.stored_tensors import SparseNetwork
from sim.errors import UserError
from sim.validation import require_positive


@dataclass(frozen=True)
class Samples:
    """Training images that are kept out of fine-tuning, for choices that a scheme makes.

    The network has seen them while it was trained, so an accuracy on them is too high; the loss
    that pruning causes on them is what they are for. Test images never guide a choice.

    Attributes:
        images: (N, C, H, W).
        accuracy_percent: top-1 of a network on these images.
    """

    images: Tensor
    accuracy_percent: Callable[[SparseNetwork], float]


@dataclass(frozen=True, kw_only=True)
class Scheme(ABC):
    """Settings of a scheme; a subclass adds its own and says how it prunes.

    Attributes:
        fine_tune_epochs: passes over the training images after pruning; the same for `dense`.
        learning_rate: peak rate of the fine-tuning.
        held_out_images: training images kept out of fine-tuning (see Samples).
        calibration_images: training images that set the ranges of INT8 activations.

    Raises:
        UserError: a value is out of range.
    """

    fine_tune_epochs: int = 2
    learning_rate: float = 1e-3
    held_out_images: int = 512
    calibration_images: int = 256

    def __post_init__(self) -> None:
        require_positive(
            held_out_images=self.held_out_images, calibration_images=self.calibration_images
        )
        if not isinstance(self.fine_tune_epochs, int) or self.fine_tune_epochs < 0:
            raise UserError(
                f"fine_tune_epochs is {self.fine_tune_epochs!r}; expected a whole number >= 0"
            )
        if not self.learning_rate > 0:
            raise UserError(f"learning_rate is {self.learning_rate!r}; expected a number above 0")

    @abstractmethod
    def prune(self, network: SparseNetwork, samples: Samples) -> None:
        """Put weight masks and activation pruning on a trained network, in place."""
