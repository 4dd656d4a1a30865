"""2:8 sparse weights: the sparsest ratio of Sparseloop's flexible tensor core (MICRO 2022)."""

from dataclasses import dataclass
from typing import ClassVar

from models.compression.repair.supports import Group
from models.compression.schemes.two_four import FullSizeTwoFour, TwoFour

BLOCK = 8


@dataclass(frozen=True, kw_only=True)
class TwoEight(TwoFour):
    """The two largest of every eight weights along the input channels, then fine-tuning.

    Every such layer satisfies 2:4 too, so that a 2:4 tensor core runs it in half the time.
    """

    block: ClassVar[int] = BLOCK


@dataclass(frozen=True, kw_only=True)
class FullSizeTwoEight(FullSizeTwoFour):
    """Two of every eight weights of each layer that is pruned."""

    block: ClassVar[int] = BLOCK
    kept_in: ClassVar[Group] = BLOCK

    @property
    def pruning(self) -> TwoEight:
        """The masks without fine-tuning."""
        return TwoEight(fine_tune_epochs=0)


SCHEME = TwoEight
FULL_SIZE = FullSizeTwoEight
