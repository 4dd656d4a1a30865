"""Weights of a network in safetensors files; nothing is ever unpickled."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from models.networks import build
from sim.errors import UserError
from sim.files import intact, whole_file

COUNTER = "num_batches_tracked"
"""Batch-norm bookkeeping that older files lack and inference does not use."""


def save_checkpoint(path: Path, module: nn.Module, metadata: Mapping[str, Any]) -> None:
    """Write the state dict and the metadata, under a temporary name until it is whole.

    The metadata (anything JSON holds) is one string with sorted keys, so that equal content has
    equal bytes.
    """
    tensors = {name: value.detach().cpu().contiguous() for name, value in _state(module).items()}
    data = save(tensors, {"metadata": json.dumps(dict(metadata), sort_keys=True)})
    with whole_file(path) as temporary:
        temporary.write_bytes(data)


def load_checkpoint(path: Path, module: nn.Module) -> dict[str, Any]:
    """Fill the module with the weights of a file and return the file's metadata.

    Files from elsewhere, without our metadata, give an empty dictionary. The module is untouched
    if anything is wrong.

    Raises:
        UserError: no such file, not a whole safetensors file, tensors of another network, or
            weights that are not finite.
    """
    metadata, tensors = _read(path)
    fill(path, module, tensors)
    return metadata


def fill(path: Path, module: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Put the tensors of a file into a module, which is untouched if anything is wrong.

    Raises:
        UserError: tensors of another network, or weights that are not finite.
    """
    _check_names(path, _state(module), tensors)
    _check_shapes(path, _state(module), tensors)
    for name, value in tensors.items():
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise UserError(f"{path}: {name} holds NaN or infinity; train it again")
    module.load_state_dict(tensors, strict=False)


def read_metadata(path: Path) -> dict[str, Any]:
    """The metadata of a checkpoint without its weights; errors as in `load_checkpoint`."""
    return _read(path, weights=False)[0]


def load_network(path: Path) -> tuple[nn.Module, dict[str, Any]]:
    """A trained network, built as its checkpoint says, in evaluation mode; and the metadata.

    Raises:
        UserError: as `load_checkpoint`, or the file does not say which network it holds.
    """
    metadata = read_metadata(path)
    try:
        module = build(metadata["network"], **metadata["build"])
    except (KeyError, TypeError) as error:
        raise UserError(
            f"{path}: does not say which network it holds ({error}); expected a checkpoint of "
            "workflow.scripts.train"
        ) from error
    load_checkpoint(path, module)
    return module.eval(), metadata


def _state(module: nn.Module) -> dict[str, Tensor]:
    state: dict[str, Tensor] = module.state_dict()
    return state


def _read(path: Path, *, weights: bool = True) -> tuple[dict[str, Any], dict[str, Tensor]]:
    if not path.is_file():
        raise UserError(f"{path}: no such checkpoint; expected a safetensors file of weights")
    try:
        with safe_open(path, framework="pt") as file:
            header = (file.metadata() or {}).get("metadata", "{}")
            names = list(file.keys()) if weights else []
            tensors = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, OSError) as error:
        raise UserError(
            f"{path}: not a whole safetensors file ({error}); make it again, or convert a .pth "
            "state dict with safetensors.torch.save_file"
        ) from error
    try:
        metadata = json.loads(header)
    except json.JSONDecodeError as error:
        raise UserError(f"{path}: its metadata is not JSON ({error}); make it again") from error
    if not isinstance(metadata, dict):
        raise UserError(f"{path}: its metadata is not a JSON object; make it again")
    intact(path)
    return metadata, tensors


def _check_names(path: Path, own: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> None:
    missing = [name for name in own if name not in found and not name.endswith(COUNTER)]
    extra = [name for name in found if name not in own]
    if missing or extra:
        parts = [
            f"{len(names)} {what} (first: {names[0]})"
            for what, names in (("missing", missing), ("unexpected", extra))
            if names
        ]
        raise UserError(
            f"{path}: weights of another network: {', '.join(parts)} of {len(own)} tensors"
        )


def _check_shapes(path: Path, own: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> None:
    for name, value in found.items():
        expected = tuple(own[name].shape)
        if tuple(value.shape) != expected:
            raise UserError(
                f"{path}: {name} has shape {tuple(value.shape)}, the network expects {expected}; "
                "check width, classes and input size"
            )
