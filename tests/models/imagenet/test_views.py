import numpy as np
import pytest
import torch
from PIL import Image

from models.imagenet.views import random_views
from models.networks.network import InputForm

FORM = InputForm(32, 48, 3, (0.0,) * 3, (1.0,) * 3)


def photograph(value: int, size: tuple[int, int] = (90, 70)) -> Image.Image:
    pixels = np.full((size[1], size[0], 3), value, np.uint8)
    pixels[:, : size[0] // 2] //= 2
    return Image.fromarray(pixels)


def test_views_come_picture_by_picture_in_the_networks_form() -> None:
    views = random_views([photograph(200), photograph(100)], 3, FORM, 0)
    assert views.shape == (6, 3, 32, 48)
    largest = views.amax((1, 2, 3)) * 255
    assert largest.tolist() == pytest.approx([200] * 3 + [100] * 3, abs=0.51)
    assert not torch.equal(views[0], views[1])


def test_the_same_seed_draws_the_same_views() -> None:
    first, again, other = (random_views([photograph(200)], 4, FORM, seed) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("size", [(40, 300), (300, 40), (33, 33)])
def test_views_of_any_proportions(size: tuple[int, int]) -> None:
    assert random_views([photograph(9, size)], 20, FORM, 0).shape == (20, 3, 32, 48)
