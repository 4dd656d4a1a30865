"""Weights that a user brings: a state dict as training tools write it, whatever the file's name."""

import logging
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from models.checkpoints import COUNTER, fill, require_real, require_values
from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings
from models.imagenet.state_dicts import Parts, fitting_state_dict, masked, normalized
from models.imagenet.weight_files import read_weights
from sim.errors import UserError
from sim.files import sha256
from sim.validation import shown

LOGGER = logging.getLogger(__name__)


def user_network(name: str, settings: FullSizeSettings) -> tuple[nn.Module, Path]:
    """A network with the weights that the settings name, and their file.

    Raises:
        UserError: no such network, no checkpoint in the settings, or as `load_user_checkpoint`.
    """
    inputs = settings.inputs
    if inputs.checkpoint is None:
        raise UserError("no checkpoint in the settings; a measured trace needs one")
    module, path = full_size_network(name, settings, weights=True), Path(inputs.checkpoint)
    load_user_checkpoint(path, module, inputs.checkpoint_sha256)
    return module, path


def load_user_checkpoint(path: Path, module: nn.Module, sha256: str | None = None) -> None:
    """Fill a network with a user's weights; it is untouched if anything is wrong.

    What was taken off the file's structure and names (see models.imagenet.state_dicts) is said in
    one line of the log.

    Args:
        path: a state dict with the network's keys (torchvision's, where it has the network), plain
            or inside a training checkpoint.
        module: the network.
        sha256: expected digest of the file in hex; None = not checked. The first digits, as in
            torchvision's file names, are enough (at least 8).

    Raises:
        UserError: no such file, another digest, a file that is truncated, of another kind, or holds
            more than tensors, weights of another network, or values that are no finite real
            numbers.
    """
    if sha256 is not None:
        _check_digest(path, sha256)
    content = read_weights(path)
    state: Mapping[str, Tensor] = module.state_dict()
    counters = [name for name in state if name.endswith(COUNTER)]
    try:
        read = fitting_state_dict(content, list(state), counters)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    tensors = {
        name: _made(path, name, parts, read.tensors, state) for name, parts in read.parts.items()
    }
    fill(path, module, tensors)
    if read.undone:
        LOGGER.info("%s: %s", path, "; ".join(read.undone))


def _check_digest(path: Path, expected: str) -> None:
    wanted = expected.lower()
    if len(wanted) < 8 or any(digit not in "0123456789abcdef" for digit in wanted):
        raise UserError(f"sha256 is {expected!r}; expected at least 8 hexadecimal digits")
    if not path.is_file():
        return  # reading says what is there instead
    digest = sha256(path)
    if not digest.startswith(wanted):
        raise UserError(f"{path}: its SHA-256 is {digest}, expected {expected}; fetch it again")


def _made(
    path: Path,
    name: str,
    parts: Parts,
    tensors: Mapping[str, Tensor],
    state: Mapping[str, Tensor],
) -> Tensor:
    """One tensor of the network from its parts in the file."""
    first, *others = (tensors[part] for part in parts.names)
    if parts.making == "as it is":
        return first
    second = others[0]
    whole, scale = (first, second) if parts.making == "times its mask" else (second, first)
    for part, value in zip(parts.names, (first, second), strict=True):
        require_values(path, part, value)
    require_real(path, name, whole)
    if whole.shape != state[name].shape:
        return whole  # a shape that `fill` refuses, before anything of that size is computed
    try:
        if parts.making == "times its mask":
            return masked(whole, scale)
        require_real(path, name, scale)
        return normalized(scale, whole)
    except UserError as error:
        raise UserError(f"{path}: {shown(parts.names[-1])}: {error}") from error
