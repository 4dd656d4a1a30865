"""Data sets of four files in the format of MNIST (IDX), as MNIST and Fashion-MNIST come.

A file is a header, two zero bytes, a type, the number of axes, then the length of each axis in four
bytes, the first byte the highest, and after that the values; it may be compressed by gzip. Source
of the format: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
"""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.datasets.dataset import IMAGE_SIZE, Dataset
from sim.errors import UserError

Bytes = npt.NDArray[np.uint8]

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
"""The four files; each may end in .gz."""
UNSIGNED_BYTE = 8
LARGEST_BYTES = 2**28
"""No file that is wanted is larger when unpacked: 60,000 images of 28x28 are 47 MB."""


def idx_files(folder: Path) -> tuple[Path, ...]:
    """The four files of a data set, in the order of NAMES.

    Raises:
        UserError: one is not in the folder.
    """
    return tuple(_file(folder, name) for name in NAMES)


def _file(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise UserError(
        f"{folder}: no file {name}.gz; expected the four files of the data set "
        "(`make fashion-mnist` fetches those of Fashion-MNIST)"
    )


def read_idx(path: Path, axes: int) -> Bytes:
    """The values of one file of unsigned bytes.

    Args:
        path: the file, compressed or not.
        axes: that it must have: 3 for images, 1 for labels.

    Raises:
        UserError: not a whole file of that form.
    """
    content = _unpacked(path)
    start = 4 + 4 * axes
    if len(content) < start or content[:4] != bytes([0, 0, UNSIGNED_BYTE, axes]):
        raise UserError(f"{path}: no IDX file of unsigned bytes with {axes} axes")
    shape = struct.unpack(f">{axes}I", content[4:start])
    if math.prod(shape) != len(content) - start:
        raise UserError(
            f"{path}: holds {len(content) - start} values, its header says "
            f"{' x '.join(map(str, shape))}; fetch it again"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _unpacked(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{path}: cannot be read ({error}); fetch it again") from error
    if len(content) > LARGEST_BYTES:
        raise UserError(f"{path}: more than {LARGEST_BYTES} bytes; expected the files of MNIST")
    return content


def make_of_idx(name: str, folder: Path) -> Dataset:
    """The data set of four files with its own division into training and test images.

    Images are grey, at most 32x32, and get equal margins of their darkest value, as LeNet-5 got
    MNIST's 28x28 (LeCun et al., "Gradient-based learning applied to document recognition", 1998).

    Raises:
        UserError: a file is missing or damaged, or images and labels do not belong together.
    """
    train, train_labels, test, test_labels = (
        read_idx(path, axes) for path, axes in zip(idx_files(folder), (3, 1, 3, 1), strict=True)
    )
    for images, labels, part in ((train, train_labels, "train"), (test, test_labels, "t10k")):
        if len(images) != len(labels) or not len(images):
            raise UserError(f"{folder}: {len(images)} images of {part}, {len(labels)} labels")
        if max(images.shape[1:]) > IMAGE_SIZE:
            raise UserError(f"{folder}: images of {part} are larger than {IMAGE_SIZE}x{IMAGE_SIZE}")
    if train.shape[1:] != test.shape[1:]:
        raise UserError(f"{folder}: images of train and t10k differ in size")
    pixels = np.concatenate([train, test])[:, None].astype(np.float32)
    margins = [(0, 0), (0, 0), *(_margin(edge) for edge in train.shape[1:])]
    classes = np.concatenate([train_labels, test_labels]).astype(np.int64)
    return Dataset.normalised(name, np.pad(pixels, margins), classes, len(test))


def _margin(edge: int) -> tuple[int, int]:
    missing = IMAGE_SIZE - edge
    return missing // 2, missing - missing // 2
