"""Views of photographs: random crops of them, resized, half of them mirrored."""

from collections.abc import Sequence
from math import exp, log, sqrt

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from models.imagenet.pictures import scaled
from models.networks.network import InputForm

LEAST_AREA = 0.25
ASPECTS = (3 / 4, 4 / 3)
"""Crops hold at least this share of a photograph, and have sides in this range of proportions."""


def random_views(
    photographs: Sequence[Image.Image], each: int, form: InputForm, seed: int
) -> Tensor:
    """`each` views of every photograph, (photographs * each, C, H, W), photograph by photograph.

    Args:
        photographs: in RGB.
        each: views of one of them.
        form: what the network takes.
        seed: the same seed draws the same views.
    """
    rng = np.random.default_rng(seed)
    views = [random_view(photograph, form, rng) for photograph in photographs for _ in range(each)]
    return torch.stack(views)


def random_view(photograph: Image.Image, form: InputForm, rng: np.random.Generator) -> Tensor:
    """One view of a photograph (C, H, W); `rng` draws which."""
    area = rng.uniform(LEAST_AREA, 1) * photograph.width * photograph.height
    aspect = exp(rng.uniform(log(ASPECTS[0]), log(ASPECTS[1])))
    width = min(photograph.width, round(sqrt(area * aspect)))
    height = min(photograph.height, round(sqrt(area / aspect)))
    left = int(rng.integers(photograph.width - width + 1))
    top = int(rng.integers(photograph.height - height + 1))
    view = photograph.resize(
        (form.width, form.height),
        Image.Resampling.BILINEAR,
        box=(left, top, left + width, top + height),
    )
    if rng.random() < 0.5:
        view = view.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return scaled(view, form)
