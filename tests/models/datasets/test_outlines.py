import numpy as np
import pytest

from models.datasets.outlines import (
    OUTLINES,
    Outline,
    crescent,
    cross,
    disc,
    half_disc,
    heart,
    pentagon,
    ring,
    square,
    star,
    triangle,
)

AREAS = {
    disc: np.pi,
    ring: np.pi * (1 - 0.25),
    half_disc: np.pi / 2,
    triangle: 3 * np.sqrt(3) / 4,
    square: 2.0,
    pentagon: 2.5 * np.sin(2 * np.pi / 5),
    star: 5 * 0.45 * np.sin(np.pi / 5),
    cross: 0.6 * 1.9 * 2 - 0.36,
    heart: 0.85**2 + np.pi * 0.425**2,
}


def grid() -> tuple[np.ndarray, np.ndarray]:
    axis = np.linspace(-1.5, 1.5, 601, dtype=np.float32)
    x, y = np.meshgrid(axis, axis, indexing="xy")
    return x, y


@pytest.mark.parametrize("outline", AREAS, ids=lambda f: f.__name__)
def test_area_inside(outline: Outline) -> None:
    x, y = grid()
    inside = float((outline(x, y) < 0).mean()) * 9
    assert inside == pytest.approx(AREAS[outline], rel=0.02)


def test_crescent_area_is_the_disc_without_the_bite() -> None:
    x, y = grid()
    bite = np.hypot(x - 0.5, y) < 0.75
    expected = float(((np.hypot(x, y) < 1) & ~bite).mean())
    assert float((crescent(x, y) < 0).mean()) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("outline", OUTLINES, ids=lambda f: f.__name__)
def test_figures_fit_the_unit_circle_and_distances_grow_outwards_at_most_one_to_one(
    outline: Outline,
) -> None:
    x, y = grid()
    distance = outline(x, y)
    assert distance.dtype == np.float32
    assert not bool((distance[np.hypot(x, y) > 1.1] < 0).any())
    steps = np.hypot(*np.gradient(distance, 0.005))
    near = np.abs(distance) < 0.05
    assert float(np.median(steps[near])) == pytest.approx(1, abs=0.02)
    assert float(np.quantile(steps, 0.99)) < 1.05
