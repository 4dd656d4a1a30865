"""Photographs as network inputs: two that come with scikit-learn, or a folder of the user's.

The bundled photographs are Creative Commons CC BY 2.0: china.jpg by danielbuechele and flower.jpg
by vultilion (flickr.com), as distributed with scikit-learn.
"""

import logging
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from models.imagenet.image_folders import picture_files
from models.imagenet.picture_reading import evaluation_crop, network_values, read_picture
from models.networks.network import InputForm
from sim.errors import UserError
from sim.validation import require_positive

ATTRIBUTION = (
    "scikit-learn's sample photographs china.jpg (danielbuechele) and flower.jpg (vultilion), "
    "CC BY 2.0"
)
PHOTOGRAPHS = ("china.jpg", "flower.jpg")
# (vertical, horizontal) position of the crop in the scaled photograph, 0 = top or left edge.
CROPS = ((0.5, 0.5), (0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0))
MOST_PHOTOGRAPHS = len(PHOTOGRAPHS) * 2 * len(CROPS)
MARGIN = 8 / 7
"""The scaled photograph is this much larger than the crop, as 256 is than 224."""

LOGGER = logging.getLogger(__name__)


def require_photographs(count: int) -> None:
    """Raise UserError unless the bundled photographs give so many images, at least one."""
    require_positive(images=count)
    if count > MOST_PHOTOGRAPHS:
        raise UserError(
            f"images is {count}, but the bundled photographs give {MOST_PHOTOGRAPHS}; "
            "ask for fewer, or name an image folder"
        )


def bundled_photographs(count: int, form: InputForm) -> Tensor:
    """`count` crops of the two photographs, (N, C, H, W): plain, mirrored, then other corners.

    Raises:
        UserError: count below 1 or above the 20 crops there are.
    """
    require_photographs(count)
    originals = bundled_originals()
    images = []
    for index in range(count):
        photograph = originals[index % 2]
        if index // 2 % 2:
            photograph = photograph.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        crop = _crop(photograph, form, MARGIN, CROPS[index // 4])
        images.append(scaled(crop, form))
    return torch.stack(images)


def bundled_originals() -> list[Image.Image]:
    """The two photographs as they are, from scikit-learn's files: to import it takes seconds.

    Raises:
        UserError: scikit-learn is not installed, or lacks them.
    """
    package = find_spec("sklearn")
    places = [] if package is None else package.submodule_search_locations or []
    for place in places:
        files = [Path(place, "datasets", "images", name) for name in PHOTOGRAPHS]
        if all(file.is_file() for file in files):
            return [read_picture(file) for file in files]
    raise UserError(
        f"the photographs {' and '.join(PHOTOGRAPHS)} come with scikit-learn, which is not "
        "installed: pip install scikit-learn"
    )


@dataclass(frozen=True)
class ImageFolder:
    """Images of a user, read when asked for, scaled and cropped as torchvision tests ImageNet.

    Attributes:
        files: the images in the order in which they are used.
        labels: their class numbers, or None.
        form: what the network takes.
        description: what they are, for provenance.
    """

    files: tuple[Path, ...]
    labels: tuple[int, ...] | None
    form: InputForm
    description: str

    def images(self, start: int = 0, stop: int | None = None) -> Tensor:
        """Images start to stop as (N, C, H, W).

        Raises:
            UserError: as models.imagenet.picture_reading.
        """
        return torch.stack([_read(path, self.form) for path in self.files[start:stop]])


def image_folder(
    folder: Path, form: InputForm, classes: int | None, class_list: Path | None = None
) -> ImageFolder:
    """Find the images of a folder, and say in the log how its classes are numbered.

    Args:
        folder: one folder per class, or images without labels (models.imagenet.image_folders).
        form: what the network takes.
        classes: outputs of the network; None = labels are not wanted.
        class_list: file that names the class folders in order; None = their natural order.

    Raises:
        UserError: as models.imagenet.image_folders.picture_files.
    """
    pictures = picture_files(folder, classes, class_list)
    if pictures.order_note is not None:
        LOGGER.info("%s: %s", folder, pictures.order_note)
    description = f"images of folder {folder.name or folder.resolve().name}"
    return ImageFolder(pictures.files, pictures.labels, form, description)


def _read(path: Path, form: InputForm) -> Tensor:
    picture = read_picture(path)
    crop = evaluation_crop(path, picture, form.height, form.width, bicubic=form.bicubic)
    return scaled(crop, form)


def _crop(
    picture: Image.Image, form: InputForm, margin: float, position: tuple[float, float]
) -> Image.Image:
    scale = max(form.height / picture.height, form.width / picture.width) * margin
    height, width = round(picture.height * scale), round(picture.width * scale)
    resampling = Image.Resampling.BICUBIC if form.bicubic else Image.Resampling.BILINEAR
    resized = picture.resize((width, height), resampling)
    top = round((height - form.height) * position[0])
    left = round((width - form.width) * position[1])
    return resized.crop((left, top, left + form.width, top + form.height))


def scaled(picture: Image.Image, form: InputForm) -> Tensor:
    """A picture of the network's size as values (C, H, W) in its scaling."""
    return torch.from_numpy(network_values(picture, form))
