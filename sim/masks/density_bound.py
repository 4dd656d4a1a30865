"""Density-bound blocks (DBB): at most n of 8 successive channels are nonzero.

Source: S2TA (Liu et al., HPCA 2022), whose blocks lie along the input channels (BZ = 8).
"""

import numpy as np

from sim.layer import Mask
from sim.masks.runs import run_counts

DBB_BLOCK = 8
"""Channels of a block."""
LOOKED_AT = 1 << 18
"""Values that are looked at before what they say is."""


def tightest_bound(mask: Mask, axis: int = 1) -> int:
    """Find the n of the tightest n/8 density bound that a mask satisfies.

    The last block of an axis that is not a multiple of 8 is filled up with zeros.

    Args:
        mask: True where nonzero.
        axis: the axis that the blocks lie along.

    Returns:
        The largest number of True in any block, 0 to 8.
    """
    lanes = np.moveaxis(mask, axis, 1)
    most, tightest = min(DBB_BLOCK, lanes.shape[1]), 0
    step = max(1, LOOKED_AT // max(1, lanes[:1].size))
    for first in range(0, len(lanes), step):
        counts = run_counts(lanes[first : first + step], DBB_BLOCK)
        tightest = max(tightest, int(counts.max(initial=0)))
        if tightest == most:  # as in most masks without a bound, early on
            break
    return tightest
