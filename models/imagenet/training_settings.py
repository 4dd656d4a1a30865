"""Settings of fine-tuning a user's network on a folder of training pictures."""

from dataclasses import dataclass
from pathlib import Path

from models.training import Recipe
from models.training.device import Device, TrainingDevice
from sim.validation import require_fraction, require_positive, require_text


@dataclass(frozen=True, kw_only=True)
class UserTraining:
    """How a pruned network of the user's is fine-tuned (models.imagenet.fine_tuned).

    Attributes:
        train_folder: labelled pictures, with the class folders of the image folder; None = the
            network is pruned as it stands.
        fine_tune_epochs: passes over these pictures.
        fine_tune_batch_size: pictures per step.
        fine_tune_learning_rate: the peak of a one-cycle learning rate (AdamW). Assumed: a tenth of
            what the networks of this project are trained with from the start.
        fine_tune_weight_decay: on weights, not on biases and batch-norm parameters.
        fine_tune_threads: of the processor; another number rounds differently, hence ends in other
            weights.
        device: `cpu`, which repeats bit by bit; `cuda`; `auto`, a GPU where there is one.
        mixed_precision: bfloat16 on a GPU that has it.
        kept_every_steps: updates between two times at which the training is written, so that a
            killed one goes on from there.

    Raises:
        UserError: a value is out of range.
    """

    train_folder: str | None = None
    fine_tune_epochs: int = 5
    fine_tune_batch_size: int = 64
    fine_tune_learning_rate: float = 0.0004
    fine_tune_weight_decay: float = 0.01
    fine_tune_threads: int = 1
    device: Device = "cpu"
    mixed_precision: bool = True
    kept_every_steps: int = 200

    def __post_init__(self) -> None:
        require_text(train_folder=self.train_folder)
        require_positive(
            fine_tune_epochs=self.fine_tune_epochs,
            fine_tune_batch_size=self.fine_tune_batch_size,
            fine_tune_threads=self.fine_tune_threads,
            kept_every_steps=self.kept_every_steps,
        )
        require_fraction(
            fine_tune_learning_rate=self.fine_tune_learning_rate,
            fine_tune_weight_decay=self.fine_tune_weight_decay,
        )
        _ = self.hardware  # checks its values

    @property
    def folder(self) -> Path | None:
        """Where the training pictures lie; None = nowhere."""
        return None if self.train_folder is None else Path(self.train_folder)

    @property
    def hardware(self) -> TrainingDevice:
        """What it runs on."""
        return TrainingDevice(device=self.device, mixed_precision=self.mixed_precision)

    def recipe(self, seed: int) -> Recipe:
        """How to train."""
        return Recipe(
            epochs=self.fine_tune_epochs,
            batch_size=self.fine_tune_batch_size,
            learning_rate=self.fine_tune_learning_rate,
            weight_decay=self.fine_tune_weight_decay,
            seed=seed,
            threads=self.fine_tune_threads,
        )
