"""Masks as bits, eight to a byte, in the order of their values."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.layer import Mask


def unpacked_bits(packed: npt.NDArray[Any], shape: tuple[int, ...]) -> Mask:
    """Read a mask of a shape back; ValueError unless there are as many bytes as it takes."""
    count = math.prod(shape)  # not NumPy's, which overflows
    if packed.size != -(-count // 8):
        raise ValueError(f"{packed.size} bytes of mask for {count} values")
    mask = np.unpackbits(packed, count=count).astype(np.bool_)
    mask.flags.writeable = False  # nobody else holds it, so that a layer need not copy it
    return mask.reshape(shape)
