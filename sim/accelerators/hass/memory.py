"""Which layers keep their weights where: block RAM, UltraRAM or off chip."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.accelerators.hass.resources import Budget, Resources

Grid = npt.NDArray[np.int64]

HOMES = ("bram", "uram", "off_chip")
"""Block RAM, UltraRAM, DRAM."""


@dataclass(frozen=True, eq=False)
class Placement:
    """Weight memory of many design states at once.

    Attributes:
        bram18, uram: blocks used, (states,).
        streamed_bytes: off-chip weight bytes per image, (states,).
        fits: line buffers and on-chip weights stay within the budget, (states,) bool.
        home: (states, layers), index into HOMES; block RAM also for layers that need none.
    """

    bram18: Grid
    uram: Grid
    streamed_bytes: Grid
    fits: npt.NDArray[np.bool_]
    home: npt.NDArray[np.int8]


def place_weights(demand: Resources, budget: Budget) -> Placement:
    """Place the weights of every layer of every state.

    UltraRAM first takes the layers that would need the most block RAM per UltraRAM block, until
    one does not fit; what is left goes to block RAM; if that overflows, the layers that free the
    most block RAM per off-chip byte are streamed.

    Args:
        demand: columns of shape (states, layers).
        budget: blocks there are.
    """
    bram, uram = demand.weight_bram18, demand.weight_uram
    in_uram = _prefix_that_fits(-bram / np.maximum(uram, 1), uram, budget.uram) & (uram > 0)
    left = np.where(in_uram, 0, bram)
    lines = demand.line_bram18.sum(axis=1)
    excess = lines + left.sum(axis=1) - budget.bram18
    streamed = _until_covered(demand.streamed_bytes / np.maximum(left, 1), left, excess)
    kept = np.where(streamed, 0, left)
    used = lines + kept.sum(axis=1)
    return Placement(
        bram18=used,
        uram=np.where(in_uram, uram, 0).sum(axis=1),
        streamed_bytes=np.where(streamed, demand.streamed_bytes, 0).sum(axis=1),
        fits=used <= budget.bram18,
        home=np.where(in_uram, 1, np.where(streamed, 2, 0)).astype(np.int8),
    )


def _prefix_that_fits(key: npt.NDArray[np.float64], size: Grid, room: int) -> npt.NDArray[np.bool_]:
    """In ascending order of key, the first layers whose sizes together stay within the room."""
    order = np.argsort(key, axis=1, kind="stable")
    total = np.cumsum(np.take_along_axis(size, order, axis=1), axis=1)
    taken = np.zeros(size.shape, dtype=np.bool_)
    np.put_along_axis(taken, order, total <= room, axis=1)
    return taken


def _until_covered(key: npt.NDArray[np.float64], size: Grid, excess: Grid) -> npt.NDArray[np.bool_]:
    """In ascending order of key, the fewest first layers whose sizes add up to the excess."""
    order = np.argsort(np.where(size > 0, key, np.inf), axis=1, kind="stable")
    sizes = np.take_along_axis(size, order, axis=1)
    before = np.cumsum(sizes, axis=1) - sizes
    taken = np.zeros(size.shape, dtype=np.bool_)
    np.put_along_axis(taken, order, (before < excess[:, None]) & (sizes > 0), axis=1)
    return taken
