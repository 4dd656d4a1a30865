"""Exhaustive and step-by-step exploration of tiny networks."""

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from tests.reference.hass_resources import Weights, homes


class Option(NamedTuple):
    """One folding of one layer."""

    interval: int
    dsp: int
    lut: int
    line_bram18: int = 0
    weights: Weights = Weights(0, 0, 0)


class Board(NamedTuple):
    """What may be used, and the off-chip bytes of a cycle."""

    dsp: int
    lut: int
    bram18: int
    uram: int
    bytes_per_cycle: float


def best_interval(layers: Sequence[Sequence[Option]], dsp: int, lut: int) -> int | None:
    """Shortest interval over every combination of foldings that fits."""
    fitting = [
        max(option.interval for option in chosen)
        for chosen in product(*layers)
        if sum(o.dsp for o in chosen) <= dsp and sum(o.lut for o in chosen) <= lut
    ]
    return min(fitting, default=None)


def fewest_dsps(layers: Sequence[Sequence[Option]], interval: float) -> list[Option]:
    """For each layer the option with the fewest DSPs, then LUTs, that keeps the interval."""
    return [
        min(
            (option for option in options if option.interval <= interval),
            key=lambda option: (option.dsp, option.lut, option.interval),
        )
        for options in layers
    ]


def dsps(state: Sequence[Option]) -> int:
    return sum(option.dsp for option in state)


Price = tuple[float, float, float]
"""Weights of DSPs, LUTs and weight memory."""


def states(
    layers: Sequence[Sequence[Option]], board: Board, weights: Price
) -> Iterator[list[Option]]:
    """Unfold the slowest layer by the cheapest faster folding until DSPs or LUTs run out."""

    def price(option: Option) -> float:
        memory = option.weights.bram18 / board.bram18
        if board.uram:
            memory = min(memory, option.weights.uram / board.uram)
        logic = weights[0] * option.dsp / board.dsp + weights[1] * option.lut / board.lut
        return logic + weights[2] * memory

    def cheapest(options: Sequence[Option]) -> Option:
        return min(options, key=lambda option: (price(option), option.interval))

    state = [cheapest(options) for options in layers]
    while fits(state, board):
        yield state
        slowest = max(range(len(state)), key=lambda n: state[n].interval)
        faster = [o for o in layers[slowest] if o.interval < state[slowest].interval]
        if not faster:
            return
        state = [*state]
        state[slowest] = cheapest(faster)


def fits(state: Sequence[Option], board: Board) -> bool:
    """Whether there are DSPs and LUTs enough."""
    return dsps(state) <= board.dsp and sum(option.lut for option in state) <= board.lut


def raise_the_slowest(
    layers: Sequence[Sequence[Option]], board: Board, weights: Price
) -> int | None:
    """Interval of the last state; None if not even the first fits."""
    last = None
    for state in states(layers, board, weights):
        last = max(option.interval for option in state)
    return last


def with_weights(state: Sequence[Option], board: Board, images: int) -> float:
    """Interval of one state with its weights somewhere; infinite if they do not fit."""
    lines = sum(option.line_bram18 for option in state)
    put = homes([option.weights for option in state], lines, board.bram18, board.uram)
    used, streamed = lines, 0
    for option, home in zip(state, put, strict=True):
        if home == "bram":
            used += option.weights.bram18
        elif home == "off_chip":
            streamed += option.weights.streamed_bytes
    if used > board.bram18:
        return math.inf
    arriving = math.ceil(streamed * images / board.bytes_per_cycle)
    return max(arriving, *(option.interval for option in state))


def explore(
    layers: Sequence[Sequence[Option]],
    board: Board,
    images: int,
    logic: Sequence[Price],
    memory: Sequence[Price],
) -> list[Option] | None:
    """Fastest state on the way under all prices; memory counts where it binds."""

    def interval(state: Sequence[Option]) -> float:
        return with_weights(state, board, images)

    def best(prices: Sequence[Price]) -> list[list[Option]]:
        walks = [list(states(layers, board, price)) for price in prices]
        return [min(walk, key=interval) for walk in walks if walk]

    found = best(logic)
    ends = [raise_the_slowest(layers, board, price) for price in logic]
    if min(map(interval, found), default=math.inf) > min(
        (end for end in ends if end is not None), default=math.inf
    ):
        found += best(memory)
    found = [state for state in found if interval(state) < math.inf]
    return min(found, key=lambda state: (interval(state), dsps(state)), default=None)


def save_dsps(
    layers: Sequence[Sequence[Option]], state: list[Option], board: Board, images: int
) -> list[Option]:
    """Fewest DSPs for all layers if that fits and is as fast, else for one after the other."""
    interval = with_weights(state, board, images)

    def serves(tried: Sequence[Option]) -> bool:
        return fits(tried, board) and with_weights(tried, board, images) <= interval

    fewest = fewest_dsps(layers, interval)
    if serves(fewest):
        return fewest
    state = [*state]
    saved = [own.dsp - least.dsp for own, least in zip(state, fewest, strict=True)]
    for n in sorted(range(len(state)), key=lambda n: -saved[n]):
        cheaper = [o for o in layers[n] if o.dsp < state[n].dsp and o.interval <= interval]
        for option in sorted(cheaper, key=lambda o: (o.dsp, o.lut, o.interval)):
            tried = [*state[:n], option, *state[n + 1 :]]
            if serves(tried):
                state = tried
                break
    return state
