"""The twenty labelled pictures: proof that weights were loaded right, no judge of pruning."""

from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import torch
from torch import Tensor, nn

from models.graph.modes import evaluating
from models.imagenet.pictures import ImageFolder
from models.networks.network import InputForm
from models.pretrained.fetch import photograph_files
from models.pretrained.packages import LABELLED
from sim.errors import UserError

NORMAL_QUANTILE = 1.959964
"""Of the normal distribution at 97.5 %, for intervals at 95 %."""


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


@dataclass(frozen=True)
class Share:
    """How many of a number of pictures, with the interval that so few leave open."""

    hits: int
    pictures: int

    @property
    def percent(self) -> float:
        """The share of the pictures in percent."""
        return 100 * self.hits / self.pictures

    @property
    def interval_percent(self) -> tuple[float, float]:
        """Wilson's interval at 95 %, in percent.

        Source: Wilson, Probable inference, the law of succession, and statistical inference,
        Journal of the American Statistical Association 22 (1927), p. 209.
        """
        share, z2 = self.hits / self.pictures, NORMAL_QUANTILE**2
        spread = sqrt(share * (1 - share) / self.pictures + z2 / (4 * self.pictures**2))
        centre, scale = share + z2 / (2 * self.pictures), 1 + z2 / self.pictures
        low = (centre - NORMAL_QUANTILE * spread) / scale
        high = (centre + NORMAL_QUANTILE * spread) / scale
        return 100 * max(low, 0.0), 100 * min(high, 1.0)


def top_share(module: nn.Module, images: Tensor, labels: Tensor, most: int) -> Share:
    """Images (N, C, H, W) whose class (N,) is among the `most` largest outputs."""
    with evaluating(module), torch.no_grad():
        best = module(images).topk(most).indices
    return Share(int((best == labels[:, None]).any(1).sum()), len(images))
