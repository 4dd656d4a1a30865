"""One product as a network runs it, and the layer that it is.

Everything here belongs to one image: networks run image by image, so that all rows of a matrix are
the image's own, whatever axis the network keeps its images on.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from sim import Layer
from sim.layer import Mask

Operand = Literal["activation", "weight"]


@dataclass(frozen=True, eq=False)
class Operation:
    """One product of two tensors on one image.

    Attributes:
        name: of the layer that it makes.
        operands: where the two tensors are not zero.
        known: for each, whether it is the same for every image: made of parameters alone.
    """

    name: str
    operands: tuple[Mask, Mask]
    known: tuple[bool, bool]


@dataclass(frozen=True, eq=False)
class Product:
    """A layer and the nonzeros of one image.

    Attributes:
        layer: the shape.
        weight: (K, C/groups, R, S).
        activation: (C, H, W).
        places: which of the layer's operands each tensor of the operation is.
    """

    layer: Layer
    weight: Mask
    activation: Mask
    places: tuple[Operand, Operand]


def nonzeros(values: npt.NDArray[Any], zero: npt.NDArray[Any] | int = 0) -> Mask:
    """Where values are not zero; of integers, where they are not their zero point."""
    return np.asarray(values != zero, dtype=np.bool_)
