"""Photographs as network inputs: two that come with scikit-learn, or a folder of the user's.

The bundled photographs are Creative Commons CC BY 2.0: china.jpg by danielbuechele and flower.jpg
by vultilion (flickr.com), as distributed with scikit-learn.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

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

FORMATS = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".ppm", ".tif", ".tiff")


def bundled_photographs(count: int, form: InputForm) -> Tensor:
    """`count` crops of the two photographs, (N, C, H, W): plain, mirrored, then other corners.

    Raises:
        UserError: count below 1 or above the 20 crops there are.
    """
    require_positive(images=count)
    if count > MOST_PHOTOGRAPHS:
        raise UserError(
            f"images is {count}, but the bundled photographs give {MOST_PHOTOGRAPHS}; "
            "ask for fewer, or name an image folder"
        )
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
    """The two photographs as they are."""
    # Here, because scikit-learn takes seconds to import and only this function needs it.
    from sklearn.datasets import load_sample_image

    return [Image.fromarray(load_sample_image(name)) for name in PHOTOGRAPHS]


@dataclass(frozen=True)
class ImageFolder:
    """Images of a user, read when asked for, resized and centre-cropped as ImageNet is tested.

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
            UserError: a file is no whole image, or too small.
        """
        return torch.stack([_read(path, self.form) for path in self.files[start:stop]])


def image_folder(folder: Path, form: InputForm, classes: int | None) -> ImageFolder:
    """Find the images of a folder.

    Either one folder per class, named so that their sorted order is the order of the classes, or
    images directly in the folder, without labels. Images are taken class by class in turn, sorted
    by name.

    Args:
        folder: where they are.
        form: what the network takes.
        classes: outputs of the network; None = labels are not wanted.

    Raises:
        UserError: no folder, no images, folders and images mixed, another number of class folders
            than the network has classes, or a file whose name is not an image's.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: no such image folder")
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    classes_found = [path for path in entries if path.is_dir()]
    if classes_found and len(classes_found) != len(entries):
        raise UserError(
            f"{folder}: holds both class folders and files; expected one folder per class, "
            "or only images for a run without labels"
        )
    if classes_found and classes is not None and len(classes_found) != classes:
        raise UserError(
            f"{folder}: holds {len(classes_found)} class folders, the network has {classes} "
            "classes; expected one folder for each (empty ones count), or images without folders"
        )
    files, labels = _in_turn(classes_found) if classes_found else (entries, [])
    if not files:
        raise UserError(f"{folder}: holds no images")
    for path in files:
        if path.suffix.lower() not in FORMATS:
            raise UserError(f"{path}: not an image; expected {', '.join(FORMATS)}")
    labelled = bool(classes_found) and classes is not None
    return ImageFolder(
        tuple(files), tuple(labels) if labelled else None, form, f"images of folder {folder.name}"
    )


def _in_turn(folders: Sequence[Path]) -> tuple[list[Path], list[int]]:
    """Files of all classes: the first of each class, then the second of each, and so on."""
    ranked = [
        (rank, label, path)
        for label, folder in enumerate(folders)
        for rank, path in enumerate(sorted(p for p in folder.iterdir() if p.name[0] != "."))
    ]
    ranked.sort(key=lambda entry: entry[:2])
    return [path for *_, path in ranked], [label for _, label, _ in ranked]


def read_photograph(path: Path) -> Image.Image:
    """A picture in RGB, whole.

    Raises:
        UserError: a file is no whole image.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                return opened.convert("RGB")
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,  # Pillow's word for a broken PNG
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise UserError(f"{path}: not a whole image ({error})") from error


def _read(path: Path, form: InputForm) -> Tensor:
    picture = read_photograph(path)
    if picture.height < form.height or picture.width < form.width:
        raise UserError(
            f"{path}: {picture.width}x{picture.height} pixels (width x height), smaller than the "
            f"network's input of {form.width}x{form.height}; use larger images"
        )
    return scaled(_crop(picture, form, MARGIN, CROPS[0]), form)


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
    plain = picture.convert("L" if form.channels == 1 else "RGB")
    values = np.asarray(plain, dtype=np.float32) / 255
    channels = torch.from_numpy(values.reshape(form.height, form.width, form.channels))
    mean, std = torch.tensor(form.mean), torch.tensor(form.std)
    return ((channels - mean) / std).permute(2, 0, 1).contiguous()
