"""Effectual multiplier-cycles and groups of idle ones, as tables name and figures label them."""

from sim.causes import Cause, CauseGroup

EFFECTUAL = "effectual"
"""Both operands nonzero; its share is the share of the two-sided bound that is reached."""
LABELS: dict[str, str] = {
    EFFECTUAL: "effectual",
    CauseGroup.ZERO_OPERAND: "zero operand or unused product",
    CauseGroup.FILL_EDGE: "fill and edges",
    CauseGroup.FRAGMENTATION: "fragmentation",
    CauseGroup.IMBALANCE: "imbalance and barriers",
    CauseGroup.BANDWIDTH: "bandwidth, ports, exchange",
}
"""How a legend writes each group, in the order in which bars are stacked."""


def group_of(cause: str) -> str:
    """Find the group of a cause, `effectual` being one of its own.

    Raises:
        UserError: a cause that the simulator does not know.
    """
    return EFFECTUAL if cause == EFFECTUAL else Cause.named(cause).group.value
