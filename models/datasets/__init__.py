"""The data that networks are trained on here: real digits, and generated shapes."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from models.datasets.dataset import Dataset
from models.datasets.digits import make_digits
from models.datasets.shapes import make_shapes
from sim.validation import require_whole, unknown

__all__ = ["SUITES", "Dataset", "load"]

SUITES: Mapping[str, Callable[[int], Dataset]] = MappingProxyType(
    {"digits": make_digits, "shapes": make_shapes}
)


def load(suite: str, seed: int) -> Dataset:
    """The data of a suite; the same seed gives the same bits.

    Raises:
        UserError: no such suite, or the seed is not a whole number of at least 0.
    """
    if suite not in SUITES:
        raise unknown("suite with images to train on", suite, SUITES)
    require_whole(seed=seed)
    return SUITES[suite](seed)
