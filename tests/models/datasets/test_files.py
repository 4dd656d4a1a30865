from pathlib import Path

import pytest
import torch

from models.datasets import load
from models.datasets.files import PARTS, read_dataset, write_dataset
from sim import UserError


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "digits.safetensors"
    write_dataset(path, load("digits", 3), 3)
    return path


def test_a_file_gives_back_every_bit(file: Path) -> None:
    drawn, read = load("digits", 3), read_dataset(file, "digits", 3)
    assert read.name == "digits"
    for part in PARTS:
        assert torch.equal(getattr(read, part), getattr(drawn, part))


def test_equal_seeds_give_equal_files(file: Path, tmp_path: Path) -> None:
    write_dataset(tmp_path / "again", load("digits", 3), 3)
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


@pytest.mark.parametrize(("suite", "seed"), [("shapes", 3), ("digits", 4)])
def test_other_data_is_refused(file: Path, suite: str, seed: int) -> None:
    with pytest.raises(UserError, match=rf"digits.*expected.*{suite}.*{seed}"):
        read_dataset(file, suite, seed)


def test_a_cut_file_is_refused(file: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(UserError, match=r"cut\.safetensors: not a whole data set"):
        read_dataset(cut, "digits", 3)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such data set"):
        read_dataset(tmp_path / "none", "digits", 3)
