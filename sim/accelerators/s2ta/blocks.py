"""Arithmetic of density-bound blocks (DBB): at most n nonzeros in 8 successive input channels.

A block is stored as a byte that marks its nonzeros, followed by n bytes. Channels that do not fill
the last block are absent, so a block of b channels holds at most min(n, b) nonzeros. A bound of 0
is stored and worked like 1.
"""

from dataclasses import dataclass

from sim.arithmetic import ceil_div
from sim.layer import Mask
from sim.masks.density_bound import DBB_BLOCK, tightest_bound

MASK_BYTES = 1


@dataclass(frozen=True)
class ChannelBlocks:
    """The blocks of a run of channels under one bound."""

    channels: int
    bound: int

    @property
    def count(self) -> int:
        """Blocks, the last one perhaps short."""
        return ceil_div(self.channels, DBB_BLOCK)

    @property
    def kept(self) -> int:
        """Nonzeros that the bound allows: the steps that work through all blocks one by one."""
        return self.kept_in_parts(DBB_BLOCK)

    def kept_in_parts(self, size: int) -> int:
        """Keep like `kept`, in parts of `size` channels that the bound holds in too."""
        full, rest = divmod(self.channels, DBB_BLOCK)
        return full * self._kept(DBB_BLOCK, size) + self._kept(rest, size)

    def _kept(self, channels: int, size: int) -> int:
        bound = max(1, self.bound)
        full, rest = divmod(channels, size)
        return full * min(bound, size) + min(bound, rest)

    @property
    def stored_bytes(self) -> int:
        """Bytes of one INT8 vector over the channels, compressed only where that is shorter."""
        return min(self.channels, self.kept + self.count * MASK_BYTES)

    @property
    def is_compressed(self) -> bool:
        """Whether the compressed form is the shorter one."""
        return self.stored_bytes < self.channels

    @property
    def comparisons(self) -> int:
        """Comparisons that find the largest n of each block in n passes over its channels."""
        full, rest = divmod(self.channels, DBB_BLOCK)
        stages = max(1, self.bound)
        return stages * (full * (DBB_BLOCK - 1) + max(0, rest - 1))


def written(output: Mask, largest_bound: int) -> ChannelBlocks | None:
    """Blocks of each output position (N, K', H', W'); None if its bound is beyond the pruner's."""
    bound = tightest_bound(output)
    return ChannelBlocks(output.shape[1], bound) if bound <= largest_bound else None
