import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from models.datasets import load
from models.datasets.idx import NAMES, idx_files, read_idx
from sim import UserError


def idx(values: np.ndarray) -> bytes:
    """A file of unsigned bytes, written by hand."""
    return struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape) + values.tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five training and three test images of 28 rows and 26 columns; half of the files packed."""
    rng = np.random.default_rng(0)
    for name, count in zip(NAMES, (5, 5, 3, 3), strict=True):
        shape = (count, 28, 26) if "images" in name else (count,)
        content = idx(rng.integers(1, 10, shape).astype(np.uint8))
        if "train" in name:
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))
        else:
            (tmp_path / name).write_bytes(content)
    return tmp_path


def test_images_get_margins_and_keep_their_division(folder: Path) -> None:
    data = load("mnist", 3, folder)
    assert (data.name, len(data.train_images), len(data.test_images)) == ("mnist", 5, 3)
    assert data.test_images.shape == (3, 1, 32, 32)
    assert data.test_labels.tolist() == read_idx(folder / NAMES[3], 1).tolist()
    inside = data.test_images[:, 0, 2:30, 3:29]
    pixels = torch.from_numpy(read_idx(folder / NAMES[2], 3).copy()).float()
    scale = (inside - inside.min()) / (inside.max() - inside.min())
    assert torch.allclose(scale, (pixels - pixels.min()) / (pixels.max() - pixels.min()), atol=1e-5)
    border = data.test_images[:, 0].clone()
    border[:, 2:30, 3:29] = border[0, 0, 0]
    assert len(border.unique()) == 1
    assert float(border[0, 0, 0]) < float(inside.min())
    assert abs(float(data.train_images.mean())) < 1e-5
    assert abs(float(data.train_images.std(correction=0)) - 1) < 1e-5


def test_the_seed_changes_nothing(folder: Path) -> None:
    first, second = load("mnist", 0, folder), load("mnist", 1, folder)
    assert torch.equal(first.train_images, second.train_images)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (NAMES[2], None, r"no file t10k-images-idx3-ubyte\.gz.*make fashion-mnist"),
        (NAMES[2], b"", "no IDX file of unsigned bytes with 3 axes"),
        (NAMES[2], idx(np.zeros((3, 4), np.uint8)), "no IDX file of unsigned bytes with 3 axes"),
        (NAMES[2], idx(np.zeros((3, 28, 26), np.uint8))[:-1], "holds 2183 .*says 3 x 28 x 26"),
        (NAMES[2], idx(np.zeros((3, 40, 26), np.uint8)), "images of t10k are larger than 32x32"),
        (NAMES[2], idx(np.zeros((3, 28, 28), np.uint8)), "train and t10k differ in size"),
        (NAMES[2], idx(np.zeros((2, 28, 26), np.uint8)), "2 images of t10k, 3 labels"),
        (NAMES[3], gzip.compress(idx(np.zeros(3, np.uint8)), mtime=0)[:-9], "cannot be read"),
    ],
)
def test_what_is_no_data_set_is_refused_in_one_line(
    folder: Path, name: str, content: bytes | None, message: str
) -> None:
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(UserError, match=message) as refused:
        load("fashion_mnist", 0, folder)
    assert "\n" not in str(refused.value)


def test_files_are_found_packed_or_not(folder: Path) -> None:
    found = [path.name for path in idx_files(folder)]
    assert found == [f"{NAMES[0]}.gz", f"{NAMES[1]}.gz", *NAMES[2:]]


def test_a_suite_of_files_needs_their_folder() -> None:
    with pytest.raises(UserError, match="suite mnist is read from files"):
        load("mnist", 0)
