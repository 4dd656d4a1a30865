"""Masks that nobody can change any more."""

import numpy as np

from sim.layer import Mask


def frozen(mask: Mask) -> Mask:
    """The mask, or a copy where its owner could still change it; it cannot be written to.

    A trace means the zeros that it was made with. A view that cannot be written to is copied as
    well while what it looks at can.
    """
    owner: object = mask
    while isinstance(owner, np.ndarray):
        if owner.flags.writeable:
            mask = mask.copy()
            mask.flags.writeable = False
            break
        owner = owner.base
    return mask
