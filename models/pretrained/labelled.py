"""The twenty labelled pictures: proof that weights were loaded right, no judge of pruning."""

from pathlib import Path

import torch
from torch import Tensor, nn

from models.graph.modes import evaluating
from models.imagenet.pictures import ImageFolder
from models.networks.network import InputForm
from models.pretrained.fetch import photograph_files
from models.pretrained.intervals import Share
from models.pretrained.packages import LABELLED
from sim.errors import UserError


def labelled_pictures(folder: Path, form: InputForm) -> ImageFolder:
    """The labelled pictures that were fetched; a file's class number is the last part of its name.

    Raises:
        UserError: they are not there.
    """
    files = photograph_files(folder, LABELLED)
    if not files:
        raise UserError(
            f"{folder / LABELLED.folder}: no labelled pictures; fetch them with "
            "python -m models.pretrained.fetch"
        )
    labels = tuple(int(path.stem.rpartition("_")[2]) for path in files)
    return ImageFolder(files, labels, form, f"{len(files)} labelled pictures of ImageNet")


def top_share(module: nn.Module, images: Tensor, labels: Tensor, most: int) -> Share:
    """Images (N, C, H, W) whose class (N,) is among the `most` largest outputs."""
    with evaluating(module), torch.no_grad():
        best = module(images).topk(most).indices
    return Share(int((best == labels[:, None]).any(1).sum()), len(images))
