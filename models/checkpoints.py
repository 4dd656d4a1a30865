"""Weights of a network in safetensors files; nothing is ever unpickled."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from models.networks import build
from sim.errors import UserError
from sim.files import intact, whole_file
from sim.validation import shown

COUNTER = "num_batches_tracked"
"""Batch-norm bookkeeping that older files lack and inference does not use."""
VARIANCE = "running_var"
REAL = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
"""Formats of weights; formats of 8 and fewer bits mean nothing without scales beside them."""


def save_checkpoint(path: Path, module: nn.Module, metadata: Mapping[str, Any]) -> None:
    """Write the state dict and the metadata, under a temporary name until it is whole.

    The metadata (anything JSON holds) is one string with sorted keys, so that equal content has
    equal bytes.
    """
    write_tensors(path, _state(module), metadata)


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, Any]) -> None:
    """Write tensors and metadata as `save_checkpoint` does those of a module."""
    plain = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    data = save(plain, {"metadata": json.dumps(dict(metadata), sort_keys=True)})
    with whole_file(path) as temporary:
        temporary.write_bytes(data)


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A checkpoint in memory, so that a job opens and hashes its file once.

    Attributes:
        path: where it was read.
        metadata: anything JSON holds; empty for files from elsewhere.
        tensors: the state dict.
    """

    path: Path
    metadata: Mapping[str, Any]
    tensors: Mapping[str, Tensor]

    def fill(self, module: nn.Module) -> None:
        """Put the weights into a module, which is untouched if anything is wrong.

        Raises:
            UserError: tensors of another network, or values that are no finite real numbers.
        """
        fill(self.path, module, self.tensors)


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint whole.

    Raises:
        UserError: no such file, or not a whole safetensors file.
    """
    metadata, tensors = _read(path)
    return Checkpoint(path, metadata, tensors)


def load_checkpoint(path: Path, module: nn.Module) -> dict[str, Any]:
    """Fill the module with the weights of a file and return the file's metadata.

    Files from elsewhere, without our metadata, give an empty dictionary. The module is untouched
    if anything is wrong.

    Raises:
        UserError: no such file, not a whole safetensors file, tensors of another network, or
            weights that are not finite.
    """
    checkpoint = read_checkpoint(path)
    checkpoint.fill(module)
    return dict(checkpoint.metadata)


def fill(path: Path, module: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Put the tensors of a file into a module, which is untouched if anything is wrong.

    Raises:
        UserError: tensors of another network, or values that are no finite real numbers in the
            module's own number format.
    """
    _check_names(path, _state(module), tensors)
    for name, value in tensors.items():
        require_values(path, name, value)
    _check_shapes(path, _state(module), tensors)
    state = _state(module)
    values = {name: _cast(path, name, value, state[name]) for name, value in tensors.items()}
    module.load_state_dict(values, strict=False)


def read_metadata(path: Path) -> dict[str, Any]:
    """The metadata of a checkpoint without its weights; errors as in `load_checkpoint`."""
    return _read(path, weights=False)[0]


def load_network(path: Path) -> tuple[nn.Module, dict[str, Any]]:
    """A trained network, built as its checkpoint says, in evaluation mode; and the metadata.

    Raises:
        UserError: as `load_checkpoint`, or the file does not say which network it holds.
    """
    checkpoint = read_checkpoint(path)
    metadata = dict(checkpoint.metadata)
    try:
        module = build(metadata["network"], **metadata["build"])
    except (KeyError, TypeError) as error:
        raise UserError(
            f"{path}: does not say which network it holds ({error}); expected a checkpoint of "
            "workflow.steps.train"
        ) from error
    checkpoint.fill(module)
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


def _check_names(path: Path, state: Mapping[str, Tensor], tensors: Mapping[str, Tensor]) -> None:
    missing = [name for name in state if name not in tensors and not name.endswith(COUNTER)]
    extra = [name for name in tensors if name not in state]
    if missing or extra:
        parts = [
            f"{len(names)} {what} (first: {shown(names[0])})"
            for what, names in (("missing", missing), ("unexpected", extra))
            if names
        ]
        split = any("parametrizations." in name or name.endswith("_orig") for name in extra)
        mend = "; remove parametrizations and pruning hooks before saving" if split else ""
        raise UserError(
            f"{path}: weights of another network: {', '.join(parts)} of {len(state)} tensors{mend}"
        )


def _check_shapes(path: Path, state: Mapping[str, Tensor], tensors: Mapping[str, Tensor]) -> None:
    for name, value in tensors.items():
        expected = tuple(state[name].shape)
        if tuple(value.shape) != expected:
            raise UserError(
                f"{path}: {name} has shape {tuple(value.shape)}, the network expects {expected}; "
                "check width, classes and input size"
            )


def require_values(path: Path, name: str, value: Tensor) -> None:
    """Raise UserError unless a tensor of a file holds its values one by one, as plain numbers."""
    if value.is_nested or value.layout is not torch.strided:
        kind = "nested" if value.is_nested else str(value.layout).removeprefix("torch.")
    elif value.is_quantized:
        kind = "quantized"
    elif value.is_meta:
        kind = "without values (on the meta device)"
    else:
        return
    raise UserError(f"{path}: {shown(name)} is {kind}; expected a dense tensor of plain numbers")


def require_real(path: Path, name: str, value: Tensor) -> None:
    """Raise UserError unless a tensor of a file is of real numbers in 16, 32 or 64 bits."""
    if value.dtype not in REAL:
        raise UserError(
            f"{path}: {shown(name)} is {str(value.dtype).removeprefix('torch.')}; expected real "
            "numbers (float16, bfloat16, float32 or float64)"
        )


def _cast(path: Path, name: str, value: Tensor, place: Tensor) -> Tensor:
    """The values in the number format that the network has."""
    if not place.is_floating_point():
        if value.is_floating_point() or value.is_complex() or value.dtype is torch.bool:
            kind = str(value.dtype).removeprefix("torch.")
            raise UserError(f"{path}: {name} is {kind}; expected whole numbers")
        return value.to(place.dtype)
    require_real(path, name, value)
    cast = value.to(place.dtype)
    if not bool(torch.isfinite(cast).all()):
        kind = str(place.dtype).removeprefix("torch.")
        raise UserError(f"{path}: {name} holds NaN or infinity (in {kind}); train it again")
    if name.endswith(VARIANCE) and bool((cast < 0).any()):
        raise UserError(f"{path}: {name} holds a negative variance; train it again")
    return cast
