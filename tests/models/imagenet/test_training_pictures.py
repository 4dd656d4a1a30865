import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from models.imagenet.settings import FullSizeSettings
from models.imagenet.training_pictures import check_training, training_pictures
from sim.errors import UserError
from tests.models.imagenet.user_folders import NETWORK, values


@pytest.fixture
def given(tmp_path: Path) -> dict[str, Any]:
    return dict(values(tmp_path))


def test_each_draw_gives_other_views_and_threads_change_none(given: dict[str, Any]) -> None:
    def drawn(threads: int) -> list[torch.Tensor]:
        pictures = training_pictures(
            NETWORK, FullSizeSettings.of(given | {"fine_tune_threads": threads})
        )
        torch.manual_seed(0)
        return [pictures.train_images[torch.tensor([3, 0, 3])] for _ in range(2)]

    first, second = drawn(1)
    assert first.shape == (3, 3, 32, 32)
    assert not torch.equal(first, second)
    assert not torch.equal(first[0], first[2])
    for one, other in zip((first, second), drawn(2), strict=True):
        assert torch.equal(one, other)


def test_labels_are_those_of_the_class_folders(given: dict[str, Any]) -> None:
    pictures = training_pictures(NETWORK, FullSizeSettings.of(given))
    names = [path.parent.name for path in pictures.train_images.files]
    assert len(pictures.train_images) == 16
    assert [["bars", "rows"][label] for label in pictures.train_labels] == names


def empty(train: Path) -> None:
    shutil.rmtree(train)
    train.mkdir()


def other_class(train: Path) -> None:
    (train / "rows").rename(train / "dots")


def one_class_more(train: Path) -> None:
    shutil.copytree(train / "rows", train / "dots")


def one_picture(train: Path) -> None:
    for path in sorted((train / "rows").iterdir())[1:]:
        path.unlink()


def no_classes(train: Path) -> None:
    for path in (train / "bars").iterdir():
        path.rename(train / path.name)
    for name in ("bars", "rows"):
        shutil.rmtree(train / name)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (empty, "train: holds no images"),
        (other_class, "holds class 'dots', .*val does not; expected the same class folders"),
        (one_class_more, "train: holds 3 class folders, the network has 2 classes"),
        (one_picture, "train: class 'rows' has 1 pictures; expected at least 2 of each class"),
        (no_classes, "train: holds no class folders; fine-tuning expects one folder per class"),
    ],
)
def test_folders_that_do_not_fit(given: dict[str, Any], damage: Any, message: str) -> None:
    damage(Path(given["train_folder"]))
    with pytest.raises(UserError, match=message):
        check_training(NETWORK, FullSizeSettings.of(given))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"checkpoint": None}, "train_folder needs a checkpoint that fine-tuning starts from"),
        ({"image_folder": None}, "and an image_folder that it is judged on"),
        ({"repair": "reconstruct"}, "two ways to mend a pruned network; expected one of them"),
    ],
)
def test_settings_that_do_not_fit(given: dict[str, Any], change: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        check_training(NETWORK, FullSizeSettings.of(given | change))


def test_a_picture_that_cannot_be_read_is_named(given: dict[str, Any]) -> None:
    path = Path(given["train_folder"]) / "bars" / "0.png"
    path.write_bytes(path.read_bytes()[:40])
    pictures = training_pictures(NETWORK, FullSizeSettings.of(given))
    with pytest.raises(UserError, match=r"bars/0\.png: "):
        _ = pictures.train_images[torch.tensor([0])]
