from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_image

from models.imagenet import pictures as bundled
from models.imagenet.pictures import (
    ATTRIBUTION,
    PHOTOGRAPHS,
    bundled_originals,
    bundled_photographs,
    image_folder,
)
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


def test_labels_follow_the_folders_and_classes_take_turns(tmp_path: Path) -> None:
    for name in ("cat/1.png", "cat/2.png", "ant/7.png", "bee/.hidden"):
        photograph(tmp_path / name) if name.endswith("png") else None
    (tmp_path / "bee").mkdir()
    pictures = image_folder(tmp_path, SMALL, classes=3)
    assert pictures.labels == (0, 2, 2)
    assert [path.stem for path in pictures.files] == ["7", "1", "2"]
    assert pictures.images(1, 3).shape == (2, 3, 24, 32)
    assert image_folder(tmp_path, SMALL, None).labels is None


def test_small_pictures_are_enlarged(tmp_path: Path) -> None:
    photograph(tmp_path / "small.png", 3, 1, level=255)
    pictures = image_folder(tmp_path, InputForm(24, 32, 3, (0.0,) * 3, (1.0,) * 3), None).images()
    assert pictures.shape == (1, 3, 24, 32)
    assert bool((pictures == 1).all())


def test_the_order_of_classes_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(12):
        photograph(tmp_path / str(number) / "1.png")
    with caplog.at_level("INFO"):
        pictures = image_folder(tmp_path, SMALL, classes=12)
    assert [path.parent.name for path in pictures.files] == [str(n) for n in range(12)]
    assert pictures.labels == tuple(range(12))
    (record,) = caplog.records
    assert "classes 0 to 11 are '0', '1', '2', ..., '11' (sorted as text" in record.getMessage()


def test_more_photographs_than_there_are() -> None:
    with pytest.raises(UserError, match="images is 21, but the bundled photographs give 20"):
        bundled_photographs(21, SMALL)
    with pytest.raises(UserError, match="images is 0"):
        bundled_photographs(0, SMALL)


def test_the_bundled_photographs_are_those_that_scikit_learn_loads() -> None:
    for name, picture in zip(PHOTOGRAPHS, bundled_originals(), strict=True):
        assert (np.asarray(picture) == load_sample_image(name)).all()


def test_without_scikit_learn_there_is_no_bundled_photograph(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bundled, "find_spec", lambda _: None)
    with pytest.raises(UserError, match="come with scikit-learn, which is not installed"):
        bundled_originals()
