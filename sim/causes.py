"""Why multipliers idle: each cause as the mechanism of a design has it, and what causes share."""

from enum import StrEnum
from typing import Self

from sim.validation import unknown


class CauseGroup(StrEnum):
    """What several causes have in common; few enough for a figure to tell apart.

    The order is that in which a figure stacks them.
    """

    ZERO_OPERAND = "zero_operand"
    """A product without use: a zero operand, an unused place of a density-bound block, a product
    that a stride discards."""
    FILL_EDGE = "fill_edge"
    """The pipeline fills, or the layer is no multiple of the array."""
    FRAGMENTATION = "fragmentation"
    """Vectors, chunks or lookahead windows with fewer nonzeros than multipliers."""
    IMBALANCE = "imbalance"
    """Waiting for the slowest of several units."""
    BANDWIDTH = "bandwidth"
    """Waiting for DRAM, a buffer, a port, or an exchange between units."""


class Cause(StrEnum):
    """A cause of idle multiplier-cycles; its text names columns of event files.

    A design with a mechanism of its own adds a member and says to which group it belongs.
    """

    group: CauseGroup

    ZERO_OPERAND = "zero_operand", CauseGroup.ZERO_OPERAND
    UNFILLED_BOUND = "unfilled_bound", CauseGroup.ZERO_OPERAND
    STRIDE = "stride", CauseGroup.ZERO_OPERAND
    FILL = "fill", CauseGroup.FILL_EDGE
    EDGE = "edge", CauseGroup.FILL_EDGE
    FRAGMENTATION = "fragmentation", CauseGroup.FRAGMENTATION
    COLUMN_PADDING = "column_padding", CauseGroup.FRAGMENTATION
    EMPTY_CHUNK = "empty_chunk", CauseGroup.FRAGMENTATION
    ACCUMULATOR_BANKS = "accumulator_banks", CauseGroup.FRAGMENTATION
    IMBALANCE = "imbalance", CauseGroup.IMBALANCE
    BARRIER = "barrier", CauseGroup.IMBALANCE
    KERNEL_IMBALANCE = "kernel_imbalance", CauseGroup.IMBALANCE
    CHANNEL_IMBALANCE = "channel_imbalance", CauseGroup.IMBALANCE
    COLUMN_IMBALANCE = "column_imbalance", CauseGroup.IMBALANCE
    CLUSTER_IMBALANCE = "cluster_imbalance", CauseGroup.IMBALANCE
    BANDWIDTH = "bandwidth", CauseGroup.BANDWIDTH
    BUFFER_BANDWIDTH = "buffer_bandwidth", CauseGroup.BANDWIDTH
    TRANSFER = "transfer", CauseGroup.BANDWIDTH
    EXCHANGE = "exchange", CauseGroup.BANDWIDTH
    PORT = "port", CauseGroup.BANDWIDTH

    def __new__(cls, text: str, group: CauseGroup) -> Self:
        """Make a member whose value is its text alone."""
        cause = str.__new__(cls, text)
        cause._value_ = text
        cause.group = group
        return cause

    @classmethod
    def named(cls, text: str) -> "Cause":
        """Look a cause up by its text.

        Raises:
            UserError: there is none of this name.
        """
        causes = {cause.value: cause for cause in cls}
        if text not in causes:
            raise unknown("cause of idling", text, causes)
        return causes[text]
