from pathlib import Path

import pytest
from PIL import Image

from models.imagenet.settings import FullSizeSettings
from models.imagenet.trace_pictures import check_pictures, first_pictures
from sim import UserError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures without classes."""
    for index in range(3):
        Image.new("RGB", (40, 40), (80 * index, 0, 0)).save(tmp_path / f"{index}.png")
    return tmp_path


def test_a_trace_takes_the_first_pictures_of_a_folder_and_no_more_than_there_are(
    folder: Path,
) -> None:
    small = {"input_height": 32, "input_width": 32, "image_folder": str(folder)}
    two = FullSizeSettings.of({**small, "images": 2})
    check_pictures("resnet18", two)
    images, description = first_pictures("resnet18", two)
    assert images.shape == (2, 3, 32, 32)
    assert float(images[1, 0].mean()) > float(images[0, 0].mean())
    assert folder.name in description
    four = FullSizeSettings.of({**small, "images": 4})
    for refuse in (check_pictures, first_pictures):
        with pytest.raises(UserError, match=r"images is 4; .* holds 3"):
            refuse("resnet18", four)


def test_more_images_than_bundled_photographs_are_refused() -> None:
    with pytest.raises(UserError, match="images is 99"):
        check_pictures("resnet18", FullSizeSettings.of({"images": 99}))
