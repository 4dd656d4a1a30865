"""A training that was interrupted, and how it goes on: weights, optimizer, order and draws.

One safetensors file holds all; nothing is unpickled. On the processor a training that was killed
and taken up again ends in the same bits as one that ran through.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from models.checkpoints import read_checkpoint, write_tensors
from sim.errors import UserError
from sim.validation import require_positive

LOGGER = logging.getLogger(__name__)
MODULE, OPTIMIZER = "module.", "optimizer."
ORDER, DRAWS = "order", "draws"


@dataclass
class Position:
    """How far a training is.

    Attributes:
        losses: mean loss of each epoch that is over.
        order: in which the images of the present epoch come; None = not drawn yet.
        batches: of this epoch that are done.
        total: sum of their losses.
    """

    losses: list[float] = field(default_factory=list)
    order: Tensor | None = None
    batches: int = 0
    total: float = 0.0


@dataclass(frozen=True)
class TrainedParts:
    """What a training changes."""

    module: nn.Module
    optimizer: Optimizer
    schedule: LRScheduler


@dataclass(frozen=True)
class SavedTraining:
    """The file that a training is kept in while it runs.

    Attributes:
        path: of the file.
        identity: anything JSON holds that decides the training; a file of another one is not
            taken up.
        every: updates between two times of writing; the end of an epoch is written too.

    Raises:
        UserError: a value is out of range.
    """

    path: Path
    identity: Mapping[str, Any]
    every: int = 200

    def __post_init__(self) -> None:
        require_positive(every=self.every)

    def keep(self, parts: TrainedParts, position: Position) -> None:
        """Write everything; the file that was there before is whole until this one is."""
        state = parts.optimizer.state_dict()
        tensors = {MODULE + name: value for name, value in parts.module.state_dict().items()}
        for index, values in state["state"].items():
            tensors |= {f"{OPTIMIZER}{index}.{name}": value for name, value in values.items()}
        tensors[DRAWS] = torch.get_rng_state()
        if position.order is not None:
            tensors[ORDER] = position.order
        schedule = parts.schedule.state_dict()
        metadata = {
            "identity": self.identity,
            "groups": state["param_groups"],
            "schedule": {
                name: schedule[name] for name in ("last_epoch", "_step_count", "_last_lr")
            },
            "losses": position.losses,
            "batches": position.batches,
            "total": position.total,
        }
        write_tensors(self.path, tensors, metadata)

    def take_up(self, parts: TrainedParts) -> Position:
        """Put what was kept into a training that is about to start; where it then stands.

        A file that is not whole, or of another training, is left aside with a line in the log.
        """
        if not self.path.is_file():
            return Position()
        try:
            kept = read_checkpoint(self.path)
        except UserError as error:
            LOGGER.warning("training starts anew: %s", error)
            return Position()
        if kept.metadata.get("identity") != json.loads(json.dumps(self.identity)):
            LOGGER.warning("training starts anew: %s is of other settings or files", self.path)
            return Position()
        position = _restore(parts, kept.tensors, kept.metadata)
        epoch = len(position.losses) + 1
        LOGGER.info("training goes on in epoch %d, %d batches done", epoch, position.batches)
        return position


def _restore(
    parts: TrainedParts, tensors: Mapping[str, Tensor], metadata: Mapping[str, Any]
) -> Position:
    module: dict[str, Tensor] = {}
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith(MODULE):
            module[name.removeprefix(MODULE)] = value
        elif name.startswith(OPTIMIZER):
            index, _, key = name.removeprefix(OPTIMIZER).partition(".")
            state.setdefault(int(index), {})[key] = value
    parts.module.load_state_dict(module)
    parts.optimizer.load_state_dict({"state": state, "param_groups": metadata["groups"]})
    parts.schedule.load_state_dict(dict(metadata["schedule"]))
    torch.set_rng_state(tensors[DRAWS])
    return Position(
        list(metadata["losses"]), tensors.get(ORDER), metadata["batches"], metadata["total"]
    )
