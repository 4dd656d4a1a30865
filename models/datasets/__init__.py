"""The data that networks are trained on here: digits, shapes, and files in the form of MNIST."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from models.datasets.dataset import Dataset
from models.datasets.digits import make_digits
from models.datasets.idx import make_of_idx
from models.datasets.shapes import make_shapes
from sim.errors import UserError
from sim.validation import require_whole, unknown

__all__ = ["OF_FILES", "SUITES", "Dataset", "load"]

SUITES: Mapping[str, Callable[[int], Dataset]] = MappingProxyType(
    {"digits": make_digits, "shapes": make_shapes}
)
"""Suites that can be made anywhere, from a seed."""
OF_FILES = ("fashion_mnist", "mnist")
"""Suites that are read from four files in a folder; they have their own test images."""


def load(suite: str, seed: int, folder: Path | None = None) -> Dataset:
    """The data of a suite; the same seed and files give the same bits.

    Args:
        suite: one of SUITES or OF_FILES.
        seed: decides what is drawn, or which images are held out; changes nothing of files.
        folder: with the files of a suite of OF_FILES.

    Raises:
        UserError: no such suite, no or damaged files, or the seed is not a whole number of at
            least 0.
    """
    if suite not in (*SUITES, *OF_FILES):
        raise unknown("suite with images to train on", suite, [*SUITES, *OF_FILES])
    require_whole(seed=seed)
    if suite in SUITES:
        return SUITES[suite](seed)
    if folder is None:
        raise UserError(f"suite {suite} is read from files; name their folder")
    return make_of_idx(suite, folder)
