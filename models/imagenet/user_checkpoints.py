"""Weights that a user brings: a plain state dict, as .safetensors or as .pth.

A .pth file is a pickle and could run code when it is read, so only tensors are let through
(`weights_only`); a file that needs more is refused.
"""

import hashlib
import pickle
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from models.checkpoints import fill, load_checkpoint
from sim.errors import UserError

PICKLED = (".pth", ".pt")
NESTED = ("state_dict", "model")
"""Keys under which training scripts keep the state dict in a larger dictionary."""


def load_user_checkpoint(path: Path, module: nn.Module, sha256: str | None = None) -> None:
    """Fill a network with a user's weights; it is untouched if anything is wrong.

    Args:
        path: a state dict with the network's keys (torchvision's, where it has the network).
        module: the network.
        sha256: expected digest of the file in hex; None = not checked. The first digits, as in
            torchvision's file names, are enough (at least 8).

    Raises:
        UserError: no such file, another digest, a file that is truncated, of another kind, or holds
            more than tensors, weights of another network, or weights that are not finite.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such checkpoint; expected a .safetensors or .pth file")
    if sha256 is not None:
        _check_digest(path, sha256)
    if path.suffix == ".safetensors":
        load_checkpoint(path, module)
    elif path.suffix in PICKLED:
        fill(path, module, _unpickled(path))
    else:
        raise UserError(
            f"{path}: unknown kind of file {path.suffix!r}; expected .safetensors, .pth or .pt"
        )


def _check_digest(path: Path, expected: str) -> None:
    wanted = expected.lower()
    if len(wanted) < 8 or any(digit not in "0123456789abcdef" for digit in wanted):
        raise UserError(f"sha256 is {expected!r}; expected at least 8 hexadecimal digits")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if not found.startswith(wanted):
        raise UserError(f"{path}: its SHA-256 is {found}, expected {expected}; fetch it again")


def _unpickled(path: Path) -> dict[str, Tensor]:
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise UserError(
            f"{path}: refused, for it holds more than tensors (or is cut short); save "
            f"`model.state_dict()` instead of the model ({str(error).splitlines()[0]})"
        ) from error
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, UnicodeDecodeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise UserError(f"{path}: not a whole PyTorch file ({reason})") from error
    for key in NESTED:
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
    if not isinstance(content, dict) or not all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in content.items()
    ):
        raise UserError(f"{path}: not a state dict; expected names with tensors")
    return dict(content)
