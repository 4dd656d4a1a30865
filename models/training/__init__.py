"""Training and fine-tuning that repeat bit by bit, and accuracy."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.utils import deterministic
from tqdm import tqdm

from models.graph.modes import evaluating
from models.training.device import CPU, TrainingDevice
from models.training.optimizer import AdamW
from models.training.saved import Position, SavedTraining, TrainedParts
from sim.errors import UserError
from sim.validation import require_fraction, require_positive, require_whole

LOGGER = logging.getLogger(__name__)
EVALUATION_BATCH = 500
FILLING: Any = deterministic
"""A module with one setting, a property that type checkers do not see."""

Criterion = Callable[[Any, Tensor], Tensor]
"""The loss, a scalar, of what a network returns for a batch against the batch's labels."""


class Images(Protocol):
    """Images that are read when they are asked for."""

    def __len__(self) -> int:
        """How many there are."""

    def __getitem__(self, index: Tensor, /) -> Tensor:
        """Those of some numbers (N,), as (N, C, H, W)."""


class TrainingData(Protocol):
    """Images (N, C, H, W), and one entry of labels for each, of whatever the criterion takes."""

    @property
    def train_images(self) -> Tensor:
        """The images that are trained on."""

    @property
    def train_labels(self) -> Tensor:
        """The labels of these images."""


class ReadData(Protocol):
    """Images that are read when they are asked for, and their labels, as in TrainingData."""

    @property
    def train_images(self) -> Images:
        """The images that are trained on."""

    @property
    def train_labels(self) -> Tensor:
        """The labels of these images."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How to train: AdamW under a one-cycle learning rate.

    Attributes:
        epochs: passes over the training images.
        batch_size: images per step; a last incomplete batch is left out.
        learning_rate: the peak of the cycle.
        seed: order of the images, and dropout.
        threads: of torch; part of the recipe because sums, hence weights, depend on it.
        weight_decay: on weights, not on biases and batch-norm parameters.
        label_smoothing: share of the target spread over all classes.

    Raises:
        UserError: a value is out of range.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    seed: int
    threads: int
    weight_decay: float = 0.01
    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        require_positive(epochs=self.epochs, batch_size=self.batch_size, threads=self.threads)
        require_fraction(
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            label_smoothing=self.label_smoothing,
        )
        require_whole(seed=self.seed)


@dataclass(frozen=True)
class TrainingLog:
    """How a training went.

    Attributes:
        steps: weight updates made.
        losses: mean loss of each epoch; with the usual criterion, cross entropy in nats.
    """

    steps: int
    losses: tuple[float, ...]


@contextmanager
def repeatable(seed: int, threads: int, *, strict: bool = True) -> Iterator[None]:
    """Seeded, deterministic and on a fixed number of threads; all settings restored afterwards.

    Without `strict`, operations that cannot repeat bit by bit are allowed, as on a GPU.
    """
    before = torch.get_num_threads()
    # The debug mode is what torch.use_deterministic_algorithms sets, which also imports PyTorch's
    # compiler: a second of processor time in every job.
    mode_before = torch.get_deterministic_debug_mode()
    with torch.random.fork_rng(devices=[]):
        try:
            torch.manual_seed(seed)
            torch.set_num_threads(threads)
            torch.set_deterministic_debug_mode("error" if strict else "default")
            yield
        finally:
            torch.set_deterministic_debug_mode(mode_before)
            torch.set_num_threads(before)


@contextmanager
def _new_tensors_unfilled() -> Iterator[None]:
    """In which what an operation is about to write is not filled before, a tenth of a training.

    PyTorch fills it where operations must repeat, for one that reads what it has not written. That
    shows weights that nobody drew, so networks are built outside of this.
    """
    before = FILLING.fill_uninitialized_memory
    try:
        FILLING.fill_uninitialized_memory = False
        yield
    finally:
        FILLING.fill_uninitialized_memory = before


def train(
    module: nn.Module,
    dataset: TrainingData | ReadData,
    recipe: Recipe,
    progress: bool | None = None,
    criterion: Criterion | None = None,
    *,
    hardware: TrainingDevice = CPU,
    saved: SavedTraining | None = None,
) -> TrainingLog:
    """Train in place on the training images; also fine-tunes, masks and all.

    On the processor the same start, recipe and machine give the same weights, whether or not the
    training was interrupted; a GPU does not promise that. The module is left in evaluation mode on
    the processor, its weights in channels-last order.

    Args:
        module: maps (N, C, H, W) images to what the criterion takes.
        dataset: its training part is used.
        recipe: how long and how fast.
        progress: bar on stderr; None = if stderr is a terminal.
        criterion: None = cross entropy of (N, classes) logits.
        hardware: what it runs on.
        saved: where it is kept while it runs, and taken up again, with its progress in the log;
            None = nowhere.

    Raises:
        UserError: the loss is no longer a number, or there is no GPU.
    """
    count = len(dataset.train_images)
    batch = min(recipe.batch_size, count)
    steps = recipe.epochs * (count // batch)
    place = hardware.place
    with (
        repeatable(recipe.seed, recipe.threads, strict=place.type == "cpu"),
        _new_tensors_unfilled(),
        tqdm(
            total=steps,
            desc=type(module).__name__,
            unit="step",
            disable=None if progress is None else not progress,
        ) as bar,
    ):
        module.to(device=place, memory_format=torch.channels_last)  # type: ignore[call-overload]
        module.train()
        usual = nn.CrossEntropyLoss(label_smoothing=recipe.label_smoothing)
        step = _Update(module, recipe, steps, criterion or usual, hardware)
        position = Position() if saved is None else saved.take_up(step.parts)
        bar.update(len(position.losses) * (count // batch) + position.batches)
        while len(position.losses) < recipe.epochs:
            _train_epoch(step, dataset, batch, position, bar, saved)
            loss, epoch = position.losses[-1], len(position.losses)
            bar.set_postfix(epoch=epoch, loss=f"{loss:.3f}")
            if loss != loss:
                raise UserError(
                    f"training diverged in epoch {epoch} (loss is NaN); "
                    f"lower learning_rate from {recipe.learning_rate}"
                )
            if saved is not None:
                saved.keep(step.parts, position)
                LOGGER.info("epoch %d of %d: loss %.4f", epoch, recipe.epochs, loss)
    module.to("cpu").eval()
    return TrainingLog(steps, tuple(position.losses))


def _train_epoch(
    step: "_Update",
    dataset: TrainingData | ReadData,
    batch: int,
    position: Position,
    bar: "tqdm[Any]",
    saved: SavedTraining | None,
) -> None:
    """The epoch at which a training stands, from where it stands to its end."""
    count = len(dataset.train_images)
    per_epoch = count // batch
    if position.order is None:
        position.order = torch.randperm(count)[: per_epoch * batch]
    started, first = monotonic(), position.batches
    for index in torch.split(position.order, batch)[first:]:
        position.total += step(dataset.train_images[index], dataset.train_labels[index])
        position.batches += 1
        bar.update()
        if saved is not None and position.batches % saved.every == 0:
            saved.keep(step.parts, position)
            pace = (position.batches - first) * batch / max(monotonic() - started, 1e-9)
            mean = position.total / position.batches
            LOGGER.info(
                "%d of %d batches, loss %.4f, %.1f images/s",
                position.batches,
                per_epoch,
                mean,
                pace,
            )
    position.losses.append(position.total / per_epoch)
    position.order, position.batches, position.total = None, 0, 0.0


class _Update:
    """One update of the weights: forward, backward, AdamW, learning rate."""

    def __init__(
        self,
        module: nn.Module,
        recipe: Recipe,
        steps: int,
        criterion: Criterion,
        hardware: TrainingDevice = CPU,
    ) -> None:
        self.module = module
        self.place, self.casting = hardware.place, hardware.casting()
        self.optimizer = AdamW(module, recipe.learning_rate, recipe.weight_decay)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, max_lr=recipe.learning_rate, total_steps=steps
        )
        self.criterion = criterion
        self.last = steps

    @property
    def parts(self) -> TrainedParts:
        """What the updates change."""
        return TrainedParts(self.module, self.optimizer, self.schedule)

    def __call__(self, images: Tensor, labels: Tensor) -> float:
        """Make one update and return the loss before it."""
        batch = images.contiguous(memory_format=torch.channels_last).to(self.place)
        with self.casting:
            loss = self.criterion(self.module(batch), labels.to(self.place))
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        self.optimizer.step()
        if self.schedule.last_epoch < self.last - 1:
            self.schedule.step()
        return float(loss.detach())


def accuracy(module: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Fraction of (N, C, H, W) images whose largest logit is the label's, in evaluation mode."""
    right = 0
    with evaluating(module), torch.no_grad():
        size = EVALUATION_BATCH
        for x, y in zip(torch.split(images, size), torch.split(labels, size), strict=True):
            logits = module(x.contiguous(memory_format=torch.channels_last))
            right += int((logits.argmax(dim=1) == y).sum())
    return right / len(labels)
