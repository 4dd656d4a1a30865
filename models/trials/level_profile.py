"""What raising a threshold step by step would do to one tensor: the price list of a search."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class LevelProfile:
    """What each threshold level would do to one tensor if nothing else were pruned.

    Attributes:
        name: of what takes the threshold: path of a convolution, of a layer or of a stored tensor.
        multiplications: that each zero saves; for a block, of each of its values.
        zero: (levels + 1,) zeros (blocks or values) per image at each level, from level 0 on.
        lost: (levels + 1,) share of the magnitude that went with them, 0 to 1.
    """

    name: str
    multiplications: float
    zero: npt.NDArray[np.float64]
    lost: npt.NDArray[np.float64]
