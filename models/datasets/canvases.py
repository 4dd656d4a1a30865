"""Canvases of several handwritten digits each, at known places: a small detection task.

The digits are the real 8x8 images that come with scikit-learn (see models.datasets.digits), scaled
to sizes from about an eighth to half of the canvas. Training, validation and test canvases draw on
different digits: no image of a digit is in two of the three sets.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import torch

from models.datasets.dataset import Images
from models.datasets.detection_set import NO_OBJECT, Annotated, DetectionSet
from models.datasets.digits import TEST_IMAGES, shuffled_digits
from sim.validation import require_positive, require_whole

NAME = "canvases"
CANVAS_SIZE = 96
"""Height and width in pixels; 32, the coarsest stride of the detectors, divides it."""
VALIDATION_DIGITS = 200
"""Digits that only validation canvases show; the test canvases' are those of suite `digits`."""
FEWEST, MOST = 3, 7
"""Digits that are tried on a canvas; one that finds no room is left out."""
SIDES = (12, 44)
"""Smallest and largest side in pixels of the square that an 8x8 image is scaled to."""
MOST_COVERED = 0.1
"""Largest share of the smaller of two boxes that may lie in the other."""
TRIES = 20
"""Places that are tried for a digit."""
INK = 0.3
"""Brightness, relative to full ink, from which a pixel counts for the box."""
GROUND = 0.25
"""Brightest background."""
CONTRAST = (0.25, 0.75)
"""Least and most that a digit is brighter than its background."""
NOISE = 0.06
"""Standard deviation of the pixel noise."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom exclusive."""


@dataclass(frozen=True)
class CanvasCounts:
    """How many canvases each of the three sets has.

    Raises:
        UserError: a count is not a whole number of at least 1.
    """

    train: int
    validation: int
    test: int

    def __post_init__(self) -> None:
        require_positive(
            train_canvases=self.train, validation_canvases=self.validation, test_canvases=self.test
        )


@dataclass(frozen=True, eq=False)
class _Pool:
    """Digits that one set of canvases may show: (D, 8, 8) in [0, 1], classes, and where from."""

    images: Images
    labels: npt.NDArray[np.int64]
    sources: npt.NDArray[np.int64]

    def part(self, selected: slice) -> "_Pool":
        return _Pool(self.images[selected], self.labels[selected], self.sources[selected])


def make_canvases(seed: int, counts: CanvasCounts) -> DetectionSet:
    """Canvases (N, 1, 96, 96); the same seed gives the same bits, of each set whatever the others.

    Raises:
        UserError: the seed is not a whole number of at least 0.
    """
    require_whole(seed=seed)
    images, labels, order = shuffled_digits(seed)
    digits = _Pool(images / np.float32(16), labels, order)
    held_out = TEST_IMAGES + VALIDATION_DIGITS
    pools = (
        digits.part(slice(None, -held_out)),
        digits.part(slice(-held_out, -TEST_IMAGES)),
        digits.part(slice(-TEST_IMAGES, None)),
    )
    raw = [
        _compose(np.random.default_rng([seed, number]), pool, count)
        for number, (pool, count) in enumerate(
            zip(pools, (counts.train, counts.validation, counts.test), strict=True)
        )
    ]
    mean, spread = raw[0].images.double().mean().float(), raw[0].images.double().std().float()
    train, validation, test = (
        Annotated((s.images - mean) / spread, s.targets, s.sources) for s in raw
    )
    return DetectionSet(NAME, train, validation, test, int(labels.max()) + 1)


def _compose(rng: np.random.Generator, pool: _Pool, count: int) -> Annotated:
    images = np.empty((count, 1, CANVAS_SIZE, CANVAS_SIZE), dtype=np.float32)
    targets = np.zeros((count, MOST, 5), dtype=np.float32)
    targets[..., 0] = NO_OBJECT
    sources = np.full((count, MOST), NO_OBJECT, dtype=np.int64)
    for n in range(count):
        images[n, 0], boxes, shown = _canvas(rng, pool)
        objects = len(boxes)
        targets[n, :objects, 0] = pool.labels[shown]
        targets[n, :objects, 1:] = boxes
        sources[n, :objects] = pool.sources[shown]
    return Annotated(*(torch.from_numpy(array) for array in (images, targets, sources)))


def _canvas(rng: np.random.Generator, pool: _Pool) -> tuple[Images, list[Box], list[int]]:
    """One canvas, the boxes on it, and which digits of the pool they hold."""
    ink = np.zeros((CANVAS_SIZE, CANVAS_SIZE), dtype=np.float32)
    boxes: list[Box] = []
    shown: list[int] = []
    for _ in range(rng.integers(FEWEST, MOST + 1)):
        digit = int(rng.integers(len(pool.labels)))
        patch = _scaled(pool.images[digit], _side(rng))
        placed = _place(rng, _tight_box(patch), len(patch), boxes)
        if placed is not None:
            (left, top), box = placed
            spot = ink[top : top + len(patch), left : left + len(patch)]
            np.maximum(spot, patch * np.float32(rng.uniform(*CONTRAST)), out=spot)
            boxes.append(box)
            shown.append(digit)
    ink += np.float32(rng.uniform(0, GROUND))
    ink += np.float32(NOISE) * rng.standard_normal(ink.shape, dtype=np.float32)
    return np.clip(ink, 0, 1, out=ink), boxes, shown


def _side(rng: np.random.Generator) -> int:
    """A side in pixels, small ones as likely as large ones on a logarithmic scale."""
    low, high = (math.log(side) for side in SIDES)
    return round(math.exp(rng.uniform(low, high)))


@cache
def _bilinear(side: int, small: int) -> Images:
    """Matrix (side, small) that scales one axis; pixel centres are aligned, edges repeat."""
    at = np.clip((np.arange(side) + 0.5) * small / side - 0.5, 0, small - 1)
    low = np.minimum(at.astype(np.int64), small - 2)
    matrix = np.zeros((side, small), dtype=np.float32)
    matrix[np.arange(side), low] = 1 - (at - low)
    matrix[np.arange(side), low + 1] = at - low
    return matrix


def _scaled(image: Images, side: int) -> Images:
    matrix = _bilinear(side, len(image))
    return (matrix @ image @ matrix.T).astype(np.float32, copy=False)


def _tight_box(patch: Images) -> Box:
    """The box around a patch's ink, in the patch's own pixels."""
    rows, columns = (np.flatnonzero((patch >= INK).any(axis)) for axis in (1, 0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _place(
    rng: np.random.Generator, tight: Box, side: int, others: list[Box]
) -> tuple[tuple[int, int], Box] | None:
    """Left and top of a patch, and its box on the canvas; None if no place was found."""
    for _ in range(TRIES):
        left, top = (int(n) for n in rng.integers(0, CANVAS_SIZE - side + 1, 2))
        box = (tight[0] + left, tight[1] + top, tight[2] + left, tight[3] + top)
        if all(covered(box, other) <= MOST_COVERED for other in others):
            return (left, top), box
    return None


def covered(first: Box, second: Box) -> float:
    """Share of the smaller box that lies in the other, in [0, 1]."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return width * height / smaller
