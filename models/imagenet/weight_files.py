"""What a file of weights holds, told by its content and read without ever running any of it.

A safetensors file is a header and numbers. A PyTorch file is a pickle, which could run code when it
is read, so only tensors and plain containers are let through (`weights_only`). A few classes that
training scripts leave in their records (arguments, NumPy's numbers) are replaced by placeholders
that keep nothing; a file that names any other class is refused.
"""

import pickle
import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from sim.errors import UserError
from sim.files import intact
from sim.validation import shown

SAFETENSORS_HEADER = 8
"""Bytes before the header of a safetensors file, which begins with a brace."""
ZIP_MAGIC = b"PK\x03\x04"
PICKLE_MAGIC = b"\x80"
TELLTALES = (
    (b"version https://git-lfs", "a pointer of Git LFS; fetch the file itself with git lfs pull"),
    (b"{", "JSON, perhaps the index of weights in several files; save them as one"),
    (b"<", "a page of markup; fetch the file itself, not the page that offers it"),
    (b"\x08", "perhaps an ONNX graph; expected a state dict"),
    (b"\x1f\x8b", "gzip; unpack it first"),
    (b"\x89HDF", "HDF5; expected a PyTorch or safetensors state dict"),
    (b"\x93NUMPY", "a NumPy array; expected a PyTorch or safetensors state dict"),
)
"""First bytes of files that are often taken for weights, and what to say of them."""
RECORDS = (
    "argparse.Namespace",
    "collections.defaultdict",
    "pathlib.PosixPath",
    "pathlib.WindowsPath",
    "pathlib.Path",
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray.scalar",
    "numpy.core.multiarray._reconstruct",
    "numpy._core.multiarray._reconstruct",
    "numpy.ndarray",
    "numpy.dtype",
    *(f"numpy.dtypes.{kind}DType" for kind in ("Float64", "Float32", "Int64", "Int32", "Bool")),
)
"""Classes and functions that only describe a training run; none of them is ever called."""


class Placeholder:
    """Stands for an entry of a training record; takes any arguments and state and keeps none."""

    def __init__(self, *_: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        """Forget the state."""


def read_weights(path: Path) -> Any:
    """Read what a file of weights holds: usually names with tensors, perhaps within dictionaries.

    The name of the file does not matter (.pth, .pth.tar, .bin, .safetensors ...).

    Raises:
        UserError: no such file, not a plain file, unreadable, empty, cut short, of another kind, or
            a pickle that holds more than tensors and plain containers.
    """
    if not path.exists():
        raise UserError(f"{path}: no such checkpoint; expected a .safetensors or .pth file")
    if not path.is_file():
        raise UserError(f"{path}: not a file; expected a .safetensors or .pth file")
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from error
    if not start:
        raise UserError(f"{path}: not a whole file, it is empty; fetch it again")
    if start[SAFETENSORS_HEADER : SAFETENSORS_HEADER + 1] == b"{":
        return _safetensors(intact(path))
    if start.startswith(ZIP_MAGIC):
        _check_archive(path)
        return _unpickled(path)
    if start.startswith(PICKLE_MAGIC):
        return _unpickled(path)
    hint = next((what for magic, what in TELLTALES if start.startswith(magic)), "")
    raise UserError(
        f"{path}: neither a PyTorch nor a safetensors file{f': {hint}' if hint else ''}"
        f" (it starts with {start[:12]!r})"
    )


def _safetensors(path: Path) -> dict[str, Any]:
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # no dict
    except Exception as error:  # whatever a damaged header makes the reader raise
        raise UserError(
            f"{path}: not a whole safetensors file ({_first_line(error)}); fetch it again"
        ) from error


def _check_archive(path: Path) -> None:
    """Refuse zip archives that are cut short, scripts, or larger inside than outside."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except Exception as error:  # zipfile raises many kinds for damaged archives
        raise UserError(
            f"{path}: not a whole PyTorch file ({_first_line(error)}); fetch it again"
        ) from error
    if any(member.filename.endswith(".npy") for member in members):
        raise UserError(f"{path}: NumPy arrays; expected a PyTorch or safetensors state dict")
    if any(member.filename.endswith("constants.pkl") for member in members):
        raise UserError(
            f"{path}: refused, for it is a TorchScript program; save `model.state_dict()` instead"
        )
    # PyTorch stores its members as they are, so a file that grows when unpacked is none of its.
    if sum(member.file_size for member in members) > path.stat().st_size:
        raise UserError(f"{path}: not a PyTorch file, for its members are compressed")


def _unpickled(path: Path) -> Any:
    records: list[Any] = [(Placeholder, name) for name in RECORDS]
    try:
        with warnings.catch_warnings(), torch.serialization.safe_globals(records):
            warnings.simplefilter("ignore")
            with path.open("rb") as file:  # given a path, torch.load goes by the file's name
                return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        named = re.search(r"GLOBAL (\S+)", str(error))
        reason = f"it names {shown(named[1])}" if named else _first_line(error)
        raise UserError(
            f"{path}: refused, for it holds more than tensors (or is cut short); save "
            f"`model.state_dict()` instead of the model ({reason})"
        ) from error
    except Exception as error:  # a damaged pickle can make its reader raise anything
        raise UserError(f"{path}: not a whole PyTorch file ({_first_line(error)})") from error


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return shown(lines[0])
