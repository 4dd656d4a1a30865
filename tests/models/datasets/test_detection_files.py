from pathlib import Path

import pytest
import torch

from models.datasets.canvases import NAME, CanvasCounts, make_canvases
from models.datasets.detection_files import PARTS, SETS, read_detection_set, write_detection_set
from models.datasets.detection_set import DetectionSet
from sim import UserError


@pytest.fixture(scope="module")
def drawn() -> DetectionSet:
    return make_canvases(3, CanvasCounts(5, 3, 4))


@pytest.fixture(scope="module")
def file(drawn: DetectionSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "canvases.safetensors"
    write_detection_set(path, drawn, 3)
    return path


def test_a_file_gives_back_every_bit(drawn: DetectionSet, file: Path) -> None:
    read = read_detection_set(file, NAME, 3)
    assert (read.name, read.num_classes) == (NAME, 10)
    for name in SETS:
        for part in PARTS:
            first, second = (getattr(getattr(data, name), part) for data in (read, drawn))
            assert torch.equal(first, second)


def test_equal_sets_give_equal_files(drawn: DetectionSet, file: Path, tmp_path: Path) -> None:
    write_detection_set(tmp_path / "again", drawn, 3)
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_other_data_and_damaged_files_are_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"canvases.*expected.*4"):
        read_detection_set(file, NAME, 4)
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(UserError, match=r"cut\.safetensors: not a whole data set"):
        read_detection_set(cut, NAME, 3)
    with pytest.raises(UserError, match="no such data set"):
        read_detection_set(tmp_path / "none", NAME, 3)
