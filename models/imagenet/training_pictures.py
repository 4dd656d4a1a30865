"""A user's folder of training pictures: read batch by batch, each picture in another view."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from models.imagenet.image_folders import picture_files
from models.imagenet.picture_reading import read_picture
from models.imagenet.settings import FullSizeSettings
from models.imagenet.views import random_view
from models.networks.network import InputForm
from sim.errors import UserError

LEAST_PICTURES = 2
"""Of each class: of one picture alone nothing can be learned but that picture."""


@dataclass(frozen=True)
class DrawnViews:
    """Pictures of files, in a random view each time that they are asked for.

    Attributes:
        files: the pictures.
        form: what the network takes.
        threads: that read pictures; the views do not depend on how many.
    """

    files: Sequence[Path]
    form: InputForm
    threads: int

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self.files)

    def __getitem__(self, index: Tensor) -> Tensor:
        """A view of each of some pictures, (N, C, H, W); PyTorch's generator draws which."""
        seed = int(torch.randint(2**62, ()))

        def view(place: tuple[int, int]) -> Tensor:
            turn, number = place
            picture = read_picture(self.files[number])
            return random_view(picture, self.form, np.random.default_rng([seed, turn]))

        with ThreadPoolExecutor(self.threads) as pool:
            return torch.stack(list(pool.map(view, enumerate(index.tolist()))))


@dataclass(frozen=True)
class TrainingPictures:
    """Pictures and labels, as `models.training.train` takes them."""

    train_images: DrawnViews
    train_labels: Tensor


def training_pictures(network: str, settings: FullSizeSettings) -> TrainingPictures:
    """The training pictures of a network.

    Raises:
        UserError: as `check_training`.
    """
    files, labels = check_training(network, settings)
    form, threads = settings.shape.form(network), settings.training.fine_tune_threads
    return TrainingPictures(DrawnViews(files, form, threads), torch.tensor(labels))


def check_training(
    network: str, settings: FullSizeSettings
) -> tuple[tuple[Path, ...], tuple[int, ...]]:
    """Files and labels of the training pictures; no picture is opened.

    Raises:
        UserError: no checkpoint to start from, no labelled pictures to judge by, other classes
            than those, fewer than two pictures of a class or as
            `models.imagenet.image_folders.picture_files`.
    """
    inputs, folder = settings.inputs, settings.training.folder
    if folder is None:
        raise UserError(f"{network}: no train_folder")
    if inputs.checkpoint is None or inputs.folder is None:
        raise UserError(
            f"{network}: train_folder needs a checkpoint that fine-tuning starts from and an "
            "image_folder that it is judged on; name both"
        )
    if settings.pictures.repair is not None:
        raise UserError(
            f"{network}: train_folder and repair are two ways to mend a pruned network; expected "
            "one of them"
        )
    classes = settings.shape.classes(network)
    judged = picture_files(inputs.folder, classes, inputs.class_list)
    trained = picture_files(folder, classes, inputs.class_list)
    if judged.classes is None or trained.classes is None or trained.labels is None:
        bare = folder if trained.classes is None else inputs.folder
        raise UserError(f"{bare}: holds no class folders; fine-tuning expects one folder per class")
    if trained.classes != judged.classes:
        (name, *_) = sorted({*trained.classes} ^ {*judged.classes})
        more, fewer = inputs.folder, folder
        if name in trained.classes:
            more, fewer = fewer, more
        raise UserError(
            f"{more}: holds class {name!r}, {fewer} does not; expected the same class folders"
        )
    counts = Counter(trained.labels)
    for label, name in enumerate(trained.classes):
        if counts[label] < LEAST_PICTURES:
            raise UserError(
                f"{folder}: class {name!r} has {counts[label]} pictures; expected at least "
                f"{LEAST_PICTURES} of each class to train on"
            )
    return trained.files, trained.labels
