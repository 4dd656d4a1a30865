"""Arrays of a user's files, read as data."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.errors import UserError

Array = npt.NDArray[Any]


def read_arrays(path: Path) -> dict[str, Array]:
    """The arrays of an .npy or .npz file by name; that of an .npy file has the name "".

    Nothing is unpickled.

    Raises:
        UserError: no such file, or not one of numbers.
    """
    try:
        content: Any = np.load(path, allow_pickle=False)
        arrays = {"": content}
        if not isinstance(content, np.ndarray):
            arrays = {name: content[name] for name in content.files}
    except FileNotFoundError:
        raise UserError(f"{path}: no such file or folder") from None
    except Exception as error:  # a damaged file can make NumPy and zipfile raise many kinds
        raise UserError(f"{path}: not an .npy or .npz file of numbers ({error})") from error
    if not arrays:
        raise UserError(f"{path} holds no arrays; expected at least one")
    return arrays


def only_array(path: Path) -> Array:
    """The array of a file that holds one of real numbers.

    Raises:
        UserError: as `read_arrays`, several arrays, a single number, or other numbers.
    """
    arrays = read_arrays(path)
    if len(arrays) != 1:
        raise UserError(f"{path} holds {len(arrays)} arrays; expected one")
    (array,) = arrays.values()
    if not array.ndim:
        raise UserError(f"{path} holds one number; expected an array, images first")
    if array.dtype.kind != "f":
        raise UserError(f"{path} holds {array.dtype}; expected real numbers, scaled as in training")
    return array
