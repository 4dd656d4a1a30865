"""Ten plane figures as signed distances: negative inside, positive outside, in units of radius.

Each function takes coordinates x, y of any shape, in which the figure is centred on the origin
and reaches out to about 1, and returns distances of that shape. They are exact or first-order right
near the outline, which is where antialiasing needs them.
"""

from collections.abc import Callable

import numpy as np

from models.datasets.dataset import Images

Outline = Callable[[Images, Images], Images]


def _both(first: Images, second: Images) -> Images:
    overlap: Images = np.maximum(first, second)
    return overlap


def disc(x: Images, y: Images) -> Images:
    """Distance to the unit circle."""
    return np.hypot(x, y) - np.float32(1)


def ring(x: Images, y: Images) -> Images:
    """A disc with a hole of half its radius."""
    return np.abs(np.hypot(x, y) - np.float32(0.75)) - np.float32(0.25)


def crescent(x: Images, y: Images) -> Images:
    """A disc less a smaller one shifted to its right."""
    bite = np.hypot(x - np.float32(0.5), y) - np.float32(0.75)
    return _both(disc(x, y), -bite)


def half_disc(x: Images, y: Images) -> Images:
    """The upper half of a disc, moved to the middle."""
    low = y + np.float32(0.4)
    return _both(disc(x, low), -low)


def _folded_angle(x: Images, y: Images, sectors: int) -> Images:
    sector = np.float32(2 * np.pi / sectors)
    folded: Images = np.abs(np.mod(np.arctan2(x, y) + sector / 2, sector) - sector / 2)
    return folded


def _polygon(x: Images, y: Images, sides: int) -> Images:
    folded = _folded_angle(x, y, sides)
    apothem = np.float32(np.cos(np.pi / sides))
    distance: Images = np.hypot(x, y) * np.cos(np.float32(np.pi / sides) - folded) - apothem
    return distance


def triangle(x: Images, y: Images) -> Images:
    """An equilateral triangle with its corners on the unit circle."""
    return _polygon(x, y, 3)


def square(x: Images, y: Images) -> Images:
    """A square with its corners on the unit circle."""
    return _polygon(x, y, 4)


def pentagon(x: Images, y: Images) -> Images:
    """A regular pentagon with its corners on the unit circle."""
    return _polygon(x, y, 5)


def star(x: Images, y: Images) -> Images:
    """A five-pointed star whose inner corners lie at 0.45."""
    radius, angle = np.hypot(x, y), _folded_angle(x, y, 5)
    px, py = radius * np.sin(angle), radius * np.cos(angle)
    inner_x, inner_y = 0.45 * np.sin(np.pi / 5), 0.45 * np.cos(np.pi / 5)
    length = np.hypot(inner_x, 1 - inner_y)
    normal_x, normal_y = np.float32((1 - inner_y) / length), np.float32(inner_x / length)
    return px * normal_x + (py - np.float32(1)) * normal_y


def cross(x: Images, y: Images) -> Images:
    """Two bars of width 0.6 at right angles."""
    ax, ay = np.abs(x), np.abs(y)
    thick, reach = np.float32(0.3), np.float32(0.95)
    return _both(np.minimum(ax, ay) - thick, np.maximum(ax, ay) - reach)


def heart(x: Images, y: Images) -> Images:
    """Two quarter-turned lobes over a point (a square with two half discs)."""
    ax, low = np.abs(x), y + np.float32(0.15)
    half = np.float32(np.sqrt(0.5))
    u, v = (ax + low) * half, (ax - low) * half
    side = np.float32(0.85)
    body = _both(np.abs(u) - side / 2, np.abs(v) - side / 2)
    lobe = np.hypot(u - side / 2, v) - side / 2
    union: Images = np.minimum(body, lobe)
    return union


OUTLINES: tuple[Outline, ...] = (
    disc,
    ring,
    crescent,
    half_disc,
    triangle,
    square,
    pentagon,
    star,
    cross,
    heart,
)
"""The classes of the shapes suite, in the order of their labels."""
