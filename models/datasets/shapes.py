"""Generated 32x32 colour images of ten plane figures, hard enough that pruning costs accuracy.

Every image has one figure in random pose, size and stretch, filled with a plain colour or a
texture, before a striped background, under noise. Nothing but the outline tells the class.
"""

import numpy as np

from models.datasets.dataset import IMAGE_SIZE, Dataset, Images, Labels
from models.datasets.outlines import OUTLINES

TRAIN_IMAGES = 12_000
TEST_IMAGES = 2_000
RADIUS = (0.55, 0.85)
"""Smallest and largest circumscribed radius, in half image widths."""
MARGIN = 0.95
"""How far out a figure may reach, in half image widths."""
STRETCH = 1.25
"""Largest ratio between the two axes of a figure."""
NOISE = 0.04
"""Standard deviation of the pixel noise."""
GROUND = 0.6
"""Brightest background; colours lie in [0, 1]."""
CONTRAST = (0.1, 0.4)
"""Least and most that a figure is brighter than its background, per channel."""
PATTERN = 0.2
"""Largest amplitude of stripes and textures."""
CHUNK = 1_000
"""Images drawn at a time; bounds the memory to some tens of megabytes."""


def make_shapes(seed: int) -> Dataset:
    """12,000 training and 2,000 test images of three channels, classes in equal parts."""
    rng = np.random.default_rng(seed)
    total = TRAIN_IMAGES + TEST_IMAGES
    labels = np.concatenate([_labels(rng, TRAIN_IMAGES), _labels(rng, TEST_IMAGES)])
    images = np.empty((total, 3, IMAGE_SIZE, IMAGE_SIZE), dtype=np.float32)
    for start in range(0, total, CHUNK):
        part = slice(start, start + CHUNK)
        images[part] = _draw(rng, labels[part])
    return Dataset.normalised("shapes", images, labels, TEST_IMAGES)


def _labels(rng: np.random.Generator, count: int) -> Labels:
    return rng.permutation(np.arange(count, dtype=np.int64) % len(OUTLINES))


def _uniform(rng: np.random.Generator, low: float, high: float, *shape: int) -> Images:
    return np.float32(low) + np.float32(high - low) * rng.random(shape, dtype=np.float32)


def _draw(rng: np.random.Generator, labels: Labels) -> Images:
    """Images (N, 3, 32, 32) of the figures with these labels."""
    count = len(labels)
    x, y = _grid()
    coverage = _coverage(rng, labels, x, y)[:, None]
    ground = _uniform(rng, 0, GROUND, count, 3, 1, 1)
    figure = ground + _uniform(rng, *CONTRAST, count, 3, 1, 1)
    behind = ground + _waves(rng, count, x, y) * _tint(rng, count)
    inside = figure + _texture(rng, count, x, y) * _tint(rng, count)
    images = _blend(behind, inside, coverage)
    images += np.float32(NOISE) * rng.standard_normal(images.shape, dtype=np.float32)
    return np.clip(images, 0, 1, out=images)


def _tint(rng: np.random.Generator, count: int) -> Images:
    """How far a pattern moves each channel from its colour, (N, 3, 1, 1)."""
    return _uniform(rng, -PATTERN, PATTERN, count, 3, 1, 1)


def _grid() -> tuple[Images, Images]:
    """Pixel centres in half image widths from the middle, (1, 32, 32) each."""
    axis = ((np.arange(IMAGE_SIZE) + 0.5) * (2 / IMAGE_SIZE) - 1).astype(np.float32)
    y, x = np.meshgrid(-axis, axis, indexing="ij")
    return x[None], y[None]


def _blend(below: Images, above: Images, opacity: Images) -> Images:
    return below + (above - below) * opacity


def _coverage(rng: np.random.Generator, labels: Labels, x: Images, y: Images) -> Images:
    """How much of each pixel the figure covers, (N, 32, 32) in [0, 1]."""
    radius = _uniform(rng, *RADIUS, len(labels), 1, 1)
    u, v = _posed(rng, radius, x, y)
    distance = np.empty_like(u)
    for label, outline in enumerate(OUTLINES):
        mine = labels == label
        distance[mine] = outline(u[mine], v[mine])
    pixels = distance * radius * np.float32(IMAGE_SIZE / 2)
    covered: Images = np.clip(np.float32(0.5) - pixels, 0, 1)
    return covered


def _posed(rng: np.random.Generator, radius: Images, x: Images, y: Images) -> tuple[Images, Images]:
    """Image coordinates as figures of these radii, moved, turned and stretched, see them."""
    count = len(radius)
    reach = np.float32(MARGIN) - radius
    x = x - _uniform(rng, -1, 1, count, 1, 1) * reach
    y = y - _uniform(rng, -1, 1, count, 1, 1) * reach
    turn = _uniform(rng, 0, 2 * np.pi, count, 1, 1)
    half_log = np.float32(np.log(STRETCH) / 2)
    stretch = np.exp(_uniform(rng, -1, 1, count, 1, 1) * half_log)
    u = (np.cos(turn) * x + np.sin(turn) * y) / (radius * stretch)
    v = (np.cos(turn) * y - np.sin(turn) * x) / (radius / stretch)
    return u, v


def _waves(rng: np.random.Generator, count: int, x: Images, y: Images) -> Images:
    """Stripes of random direction, period and phase, (N, 1, 32, 32) in [0, 1]."""
    turn = _uniform(rng, 0, np.pi, count, 1, 1)
    frequency = _uniform(rng, 5, 16, count, 1, 1)
    phase = _uniform(rng, 0, 2 * np.pi, count, 1, 1)
    along = (np.cos(turn) * x + np.sin(turn) * y) * frequency + phase
    return (np.float32(0.5) + np.float32(0.5) * np.sin(along))[:, None]


def _texture(rng: np.random.Generator, count: int, x: Images, y: Images) -> Images:
    """Plain, striped or chequered in equal shares, (N, 1, 32, 32) in [0, 1]."""
    first, second = _waves(rng, count, x, y), _waves(rng, count, x, y)
    kind = rng.integers(0, 3, (count, 1, 1, 1))
    chequered = np.abs(first - second)
    return np.select([kind == 0, kind == 1], [np.zeros_like(first), first], chequered)
