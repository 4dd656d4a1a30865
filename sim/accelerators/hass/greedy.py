"""Which folding each layer gets: raise the slowest, and how far that is from the best possible.

All sums here are over layers of one candidate each; `Candidates` hold what a candidate costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.accelerators.hass.candidates import Candidates
from sim.accelerators.hass.resources import Budget, Resources, side_by_side

Column = npt.NDArray[np.int64]

Price = tuple[float, float, float]

LOGIC_PRICES: tuple[Price, ...] = ((1, 0, 0), (0.75, 0.25, 0), (0.5, 0.5, 0), (0, 1, 0))
MEMORY_PRICES: tuple[Price, ...] = ((0.4, 0.4, 0.2), (0.2, 0.2, 0.6), (0, 0, 1))
"""Weights of DSPs, LUTs and weight memory under which a folding counts as cheap; each is taken as
its share of the budget. Which weights serve best depends on what is scarce, so all are tried."""


def price_of(layer: Candidates, price: Price, budget: Budget) -> npt.NDArray[np.float64]:
    """Price of every candidate: weighted shares of the budgets for DSPs, LUTs, weight memory."""
    cost = layer.resources
    memory = cost.weight_bram18 / budget.bram18
    if budget.uram:
        memory = np.minimum(memory, cost.weight_uram / budget.uram)
    shares = price[0] * cost.dsp / budget.dsp + price[1] * cost.lut / budget.lut
    return np.asarray(shares + price[2] * memory, dtype=np.float64)


def cheapest(layer: Candidates, price: Price, budget: Budget) -> int:
    """Index of the cheapest candidate, the faster of equals: where a front begins."""
    return int(np.lexsort((layer.interval, price_of(layer, price, budget)))[0])


def front(layer: Candidates, price: Price, budget: Budget) -> Candidates:
    """Candidates by rising price, each faster than all cheaper ones."""
    order = np.lexsort((layer.interval, price_of(layer, price, budget)))
    interval = layer.interval[order]
    best = np.minimum.accumulate(interval)
    faster = np.r_[True, interval[1:] < best[:-1]]
    return layer.at(order[faster])


@dataclass(frozen=True, eq=False)
class FrontSteps:
    """What the greedy exploration goes through, one row per state.

    Attributes:
        position: (states, layers), index into each layer's front.
        interval: (states,), of the slowest layer.
        demand: resources, (states, layers) each.
    """

    position: Column
    interval: Column
    demand: Resources


def raise_slowest(fronts: Sequence[Candidates]) -> FrontSteps:
    """All states of: start at the cheapest folding, again and again unfold the slowest layer.

    The slowest layer moves to the next candidate of its front, until the slowest layer has none.
    Because intervals fall along a front, that is the merge of all steps by falling interval.
    """
    ends = max(int(layer.interval[-1]) for layer in fronts)
    owner = np.concatenate(
        [np.full(len(layer.interval) - 1, n) for n, layer in enumerate(fronts)]
    ).astype(np.int64)
    before = np.concatenate([layer.interval[:-1] for layer in fronts])
    order = np.argsort(-before, kind="stable")
    order = order[before[order] > ends]
    moved = owner[order][:, None] == np.arange(len(fronts))
    position = np.vstack([np.zeros((1, len(fronts)), np.int64), np.cumsum(moved, axis=0)])
    intervals = [layer.interval[position[:, n]] for n, layer in enumerate(fronts)]
    costs = [layer.resources.at(position[:, n]) for n, layer in enumerate(fronts)]
    return FrontSteps(position, np.max(intervals, axis=0), side_by_side(costs))


def fewest_dsps(layers: Sequence[Candidates], interval: int) -> list[Candidates]:
    """For each layer the candidate with the fewest DSPs (then LUTs) within the interval."""
    fewest = []
    for layer in layers:
        cost = layer.resources
        order = np.lexsort((layer.interval, cost.lut, cost.dsp))
        first = order[np.argmax(layer.interval[order] <= interval)]
        fewest.append(layer.at(np.array([first])))
    return fewest


def least_interval(layers: Sequence[Candidates], budget: Budget) -> int:
    """An interval that no choice of foldings within the budget can beat.

    Exact water-filling under one price: at interval T every layer takes its cheapest candidate
    that is fast enough, and T is too short if even these cost more than the budget. Each price
    gives a valid bound, since a choice within both budgets costs at most 1 at any weights; the
    largest bound counts. Memory is left out, which can only make the bound lower.
    """
    orders = [np.argsort(layer.interval, kind="stable") for layer in layers]
    intervals = [layer.interval[order] for layer, order in zip(layers, orders, strict=True)]
    floor = max(int(interval[0]) for interval in intervals)
    levels = np.unique(np.concatenate(intervals))
    levels = levels[levels >= floor]
    for price in LOGIC_PRICES:
        prices = [
            np.minimum.accumulate(price_of(layer, price, budget)[order])
            for layer, order in zip(layers, orders, strict=True)
        ]
        levels = levels[_first_affordable(levels, intervals, prices) :]
    return int(levels[0])


def _first_affordable(
    levels: Column, intervals: list[Column], prices: list[npt.NDArray[np.float64]]
) -> int:
    def affordable(index: int) -> bool:
        total = sum(
            float(price[interval.searchsorted(levels[index], side="right") - 1])
            for interval, price in zip(intervals, prices, strict=True)
        )
        return total <= 1 + 1e-9  # a rounding error must not make it impossible

    if affordable(0):  # often: it is what an earlier price left
        return 0
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if affordable(middle) else (middle + 1, high)
    return low
