"""On what a network is trained: the processor, or a GPU where there is one."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, get_args

import torch

from sim.errors import UserError
from sim.validation import require_choice, require_flag

Device = Literal["cpu", "cuda", "auto"]


@dataclass(frozen=True, kw_only=True)
class TrainingDevice:
    """Where a training runs.

    Attributes:
        device: `cpu`; `cuda`; `auto`, a GPU where PyTorch sees one.
        mixed_precision: on a GPU that has bfloat16, products and convolutions are in it; weights,
            sums and the loss stay in single precision. The processor always works in single
            precision.

    Raises:
        UserError: a value is out of range.
    """

    device: Device = "cpu"
    mixed_precision: bool = True

    def __post_init__(self) -> None:
        require_choice("device", self.device, get_args(Device))
        require_flag(mixed_precision=self.mixed_precision)

    @property
    def place(self) -> torch.device:
        """The device that serves.

        Raises:
            UserError: a GPU is asked for and there is none.
        """
        has_gpu = torch.cuda.is_available()
        if self.device == "cuda" and not has_gpu:
            raise UserError(
                "device is cuda, but PyTorch sees no GPU here; set device to auto or cpu, or "
                "install a PyTorch with CUDA (make TORCH=cuda)"
            )
        return torch.device("cuda" if has_gpu and self.device != "cpu" else "cpu")

    def casting(self) -> AbstractContextManager[object]:
        """In which a forward pass computes in mixed precision, if it does."""
        place = self.place.type
        mixed = self.mixed_precision and place == "cuda" and torch.cuda.is_bf16_supported()
        return torch.autocast(place, dtype=torch.bfloat16, enabled=mixed)


CPU = TrainingDevice()
