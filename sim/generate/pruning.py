"""Activation bounds (S2TA's DAP) on masks: n of 8 channels kept, and which n costs how much."""

import numpy as np
import numpy.typing as npt

from sim.generate.weights import keep_largest
from sim.layer import Mask
from sim.masks.density_bound import DBB_BLOCK
from sim.masks.runs import run_counts
from sim.validation import require_fraction

BOUNDS = (1, 2, 3, 4, 5)
"""The n that DAP's five cascaded maximum stages can keep; 8 bypasses it."""


def activation_bound(mask: Mask, most_removed: float) -> int:
    """The smallest n at which no more than a share of the nonzeros is pruned away; 8 if none.

    Args:
        mask: (N, C, ...) bool.
        most_removed: largest share of the nonzeros that may go, in [0, 1].

    Raises:
        UserError: most_removed outside [0, 1].
    """
    require_fraction(most_removed=most_removed)
    per_block = run_counts(mask, DBB_BLOCK).astype(np.int64)
    total = int(per_block.sum())
    for bound in BOUNDS:
        removed = int(np.maximum(per_block - bound, 0).sum())
        if removed <= most_removed * total:
            return bound
    return DBB_BLOCK


def bounded_mask(mask: Mask, bound: int, magnitude: npt.NDArray[np.float32]) -> Mask:
    """The mask with the `bound` largest of every 8 successive channels; the rest becomes zero.

    Args:
        mask: (N, C, ...) bool.
        bound: nonzeros that a block may keep, 1 to 8.
        magnitude: positive, same shape; random numbers where there are no values.
    """
    if bound >= DBB_BLOCK:
        return mask
    missing = [(0, 0)] * (mask.ndim - 1) + [(0, -mask.shape[1] % DBB_BLOCK)]
    lanes = np.pad(np.moveaxis(mask, 1, -1), missing)
    ranks = np.pad(np.moveaxis(magnitude, 1, -1), missing) * lanes
    kept = keep_largest(ranks.reshape(-1, DBB_BLOCK), bound).reshape(lanes.shape) & lanes
    return np.ascontiguousarray(np.moveaxis(kept[..., : mask.shape[1]], -1, 1))
