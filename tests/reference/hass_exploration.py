"""Exhaustive and step-by-step exploration of tiny networks."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple


class Option(NamedTuple):
    """One folding of one layer."""

    interval: int
    dsp: int
    lut: int


def best_interval(layers: Sequence[Sequence[Option]], dsp: int, lut: int) -> int | None:
    """Shortest interval over every combination of foldings that fits."""
    fitting = [
        max(option.interval for option in chosen)
        for chosen in product(*layers)
        if sum(o.dsp for o in chosen) <= dsp and sum(o.lut for o in chosen) <= lut
    ]
    return min(fitting, default=None)


def fewest_dsps(layers: Sequence[Sequence[Option]], interval: int) -> int:
    """Fewest DSPs over every combination that keeps the interval."""
    return min(
        sum(option.dsp for option in chosen)
        for chosen in product(*layers)
        if max(option.interval for option in chosen) <= interval
    )


def raise_the_slowest(
    layers: Sequence[Sequence[Option]], dsp: int, lut: int, weights: tuple[float, float]
) -> int | None:
    """Unfold the slowest layer by the cheapest faster folding until that does not fit."""

    def price(option: Option) -> float:
        return weights[0] * option.dsp / dsp + weights[1] * option.lut / lut

    def cheapest(options: Sequence[Option]) -> Option:
        return min(options, key=lambda option: (price(option), option.interval))

    def fits(chosen: Sequence[Option]) -> bool:
        return sum(o.dsp for o in chosen) <= dsp and sum(o.lut for o in chosen) <= lut

    state = [cheapest(options) for options in layers]
    if not fits(state):
        return None
    while True:
        slowest = max(range(len(state)), key=lambda n: state[n].interval)
        faster = [o for o in layers[slowest] if o.interval < state[slowest].interval]
        if not faster:
            break
        tried = [*state]
        tried[slowest] = cheapest(faster)
        if not fits(tried):
            break
        state = tried
    return max(option.interval for option in state)
