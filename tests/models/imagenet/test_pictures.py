from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from models.imagenet.pictures import ATTRIBUTION, bundled_photographs, image_folder
from models.networks.network import InputForm
from sim.errors import UserError

SMALL = InputForm(24, 32)


def photograph(path: Path, width: int = 40, height: int = 30, level: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (width, height), (level, level, level)).save(path)
    return path


def test_photographs_are_crops_that_all_differ() -> None:
    pictures = bundled_photographs(20, SMALL)
    assert pictures.shape == (20, 3, 24, 32)
    assert len({image.numpy().tobytes() for image in pictures}) == 20
    assert "CC BY 2.0" in ATTRIBUTION
    mirrored = bundled_photographs(3, SMALL)
    plain, flipped = mirrored[0].numpy().ravel(), mirrored[2].flip(-1).numpy().ravel()
    assert np.corrcoef(plain, flipped)[0, 1] > 0.9  # crops start at whole pixels
    assert np.corrcoef(plain, mirrored[2].numpy().ravel())[0, 1] < 0.9


def test_pixels_are_scaled_as_the_network_expects(tmp_path: Path) -> None:
    photograph(tmp_path / "a.png", level=255)
    form = InputForm(20, 20, 3, (0.5, 0.25, 0.0), (0.5, 0.25, 1.0))
    image = image_folder(tmp_path, form, None).images()[0]
    assert torch.allclose(image.mean((1, 2)), torch.tensor([1.0, 3.0, 1.0]))
    grey = image_folder(tmp_path, InputForm(20, 20, 1, (0.5,), (0.5,)), None).images()
    assert grey.shape == (1, 1, 20, 20)
    assert torch.allclose(grey, torch.ones_like(grey))


def test_resized_then_cropped_from_the_centre(tmp_path: Path) -> None:
    wide = np.zeros((32, 96, 3), np.uint8)
    wide[:, 32:64] = 255  # only the middle third is white
    Image.fromarray(wide).save(tmp_path / "wide.png")
    form = InputForm(28, 28, 3, (0.0,) * 3, (1.0,) * 3)
    assert float(image_folder(tmp_path, form, None).images().mean()) == pytest.approx(1.0, abs=0.01)


def test_labels_follow_the_sorted_folders_and_classes_take_turns(tmp_path: Path) -> None:
    for name in ("cat/1.png", "cat/2.png", "ant/7.png", "bee/.hidden"):
        photograph(tmp_path / name) if name.endswith("png") else None
    (tmp_path / "bee").mkdir()
    pictures = image_folder(tmp_path, SMALL, classes=3)
    assert pictures.labels == (0, 2, 2)
    assert [path.stem for path in pictures.files] == ["7", "1", "2"]
    assert pictures.images(1, 3).shape == (2, 3, 24, 32)
    assert image_folder(tmp_path, SMALL, None).labels is None


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.txt", b"hello", r"notes\.txt: not an image; expected \.jpg"),
        ("fake.png", b"hello", r"fake\.png: not a whole image"),
        ("fake.jpg", b"", r"fake\.jpg: not a whole image"),
    ],
)
def test_files_that_are_no_images(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=message):
        image_folder(tmp_path, SMALL, None).images()


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_truncated_images(tmp_path: Path, suffix: str) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / f"cut.{suffix}"
    Image.fromarray(rng.integers(0, 255, (60, 60, 3), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:-600])
    with pytest.raises(UserError, match="not a whole image"):
        image_folder(tmp_path, SMALL, None).images()


def test_images_of_the_wrong_size(tmp_path: Path) -> None:
    photograph(tmp_path / "small.png", 31, 24)
    with pytest.raises(
        UserError, match=r"small\.png: 31x24 pixels .* smaller than the network's input of 32x24"
    ):
        image_folder(tmp_path, SMALL, None).images()


def test_folders_that_do_not_fit(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such image folder"):
        image_folder(tmp_path / "none", SMALL, None)
    with pytest.raises(UserError, match="holds no images"):
        image_folder(tmp_path, SMALL, None)
    photograph(tmp_path / "cat" / "1.png")
    with pytest.raises(UserError, match="holds 1 class folders, the network has 10 classes"):
        image_folder(tmp_path, SMALL, 10)
    photograph(tmp_path / "loose.png")
    with pytest.raises(UserError, match="both class folders and files"):
        image_folder(tmp_path, SMALL, 1)


def test_more_photographs_than_there_are() -> None:
    with pytest.raises(UserError, match="images is 21, but the bundled photographs give 20"):
        bundled_photographs(21, SMALL)
    with pytest.raises(UserError, match="images is 0"):
        bundled_photographs(0, SMALL)
