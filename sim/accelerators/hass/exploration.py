"""Design-space exploration of a layer-pipelined accelerator: a network onto an FPGA."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from sim.accelerators.hass.candidates import Candidates, EngineRules, candidates, fill_cycles
from sim.accelerators.hass.design import LayerDesign, Limits, NetworkDesign
from sim.accelerators.hass.greedy import (
    LOGIC_PRICES,
    MEMORY_PRICES,
    FrontSteps,
    Price,
    cheapest,
    fewest_dsps,
    front,
    least_interval,
    raise_slowest,
)
from sim.accelerators.hass.histograms import PairHistogram
from sim.accelerators.hass.memory import HOMES, place_weights
from sim.accelerators.hass.resources import Budget, Resources, side_by_side
from sim.errors import UserError
from sim.platforms import Platform


@dataclass(frozen=True, kw_only=True, eq=False)
class _Choice:
    """One candidate per layer, all layers together within the budget."""

    layers: list[Candidates]
    interval: int
    dsp: int
    bram18: int
    uram: int
    streamed_bytes: int
    home: tuple[int, ...]


def explore(
    histograms: Sequence[PairHistogram],
    rules: EngineRules,
    board: Platform,
    limits: Limits | None = None,
) -> NetworkDesign:
    """Find foldings that make the slowest layer fast, then drop the DSPs this does not need.

    The slowest layer is unfolded again and again (`greedy.raise_slowest`) until a resource runs
    out or that layer cannot be unfolded; of the designs on the way the fastest counts. That is done
    for several weights of DSPs against LUTs, where weight memory binds against that too, and the
    best is taken. With the interval fixed, each layer then takes the folding with the fewest DSPs
    that keeps it, as far as the other resources allow.

    Args:
        histograms: one per layer, over the same images; `pair_histogram` makes them.
        rules: what the engines do.
        board: resources and clock.
        limits: usable fractions of the board.

    Raises:
        UserError: no layer, histograms of different numbers of images, or a network that does not
            fit the board even fully folded.
    """
    if not histograms or len({entry.images for entry in histograms}) != 1:
        raise UserError("explore() needs at least one layer, all over the same number of images")
    budget = (limits or Limits()).of(board)
    layers = [candidates(entry, rules, budget) for entry in histograms]
    return unfold(layers, board, budget)


def unfold(layers: Sequence[Candidates], board: Platform, budget: Budget) -> NetworkDesign:
    """Unfold a network whose layers' foldings are known as far as the board allows.

    Raises:
        UserError: a network that does not fit the board even fully folded.
    """
    images = layers[0].histogram.images
    ways = [_greedy(layers, price, budget, images) for price in LOGIC_PRICES]
    free = min(interval for _, interval in ways)
    if not any(choice and choice.interval <= free for choice, _ in ways):
        ways += [_greedy(layers, price, budget, images) for price in MEMORY_PRICES]
    choices = [choice for choice, _ in ways if choice is not None]
    if not choices:
        raise UserError(
            f"the network does not fit {board.name}: {len(layers)} layers, fully folded, "
            f"need more than {budget.dsp} DSPs, {budget.lut} LUTs or {budget.bram18} block RAMs"
        )
    greedy = min(choices, key=lambda choice: (choice.interval, choice.dsp))
    fewest = _choice(fewest_dsps(layers, greedy.interval), budget, images)
    together = fewest is not None and fewest.interval <= greedy.interval
    best = fewest if fewest and together else _fewer_dsps(greedy, layers, budget, images)
    return _design(best, min(free, best.interval), layers, budget, board)


def _greedy(
    layers: Sequence[Candidates], price: Price, budget: Budget, images: int
) -> tuple[_Choice | None, float]:
    """The fastest design on the way, and the interval of the last one, weight memory ignored."""
    fronts = [front(layer, price, budget) for layer in layers]
    steps = raise_slowest(fronts)
    within = _within(steps.demand, budget)
    count = int(np.argmin(within)) if not within.all() else len(within)
    if count == 0:
        return None, np.inf
    reached = FrontSteps(
        steps.position[:count], steps.interval[:count], steps.demand.at(np.arange(count))
    )
    interval = _interval(reached.interval, reached.demand, budget, images)
    best = int(np.argmin(interval))
    selected = [layer.at(np.array([reached.position[best, n]])) for n, layer in enumerate(fronts)]
    return _choice(selected, budget, images), int(reached.interval[-1])


def _fewer_dsps(
    greedy: _Choice, layers: Sequence[Candidates], budget: Budget, images: int
) -> _Choice:
    """Drop DSPs layer by layer, where the fewest of all together ask for too much of the rest.

    Layers that could save most go first; each takes the folding with the fewest DSPs, then LUTs,
    with which the whole still fits and keeps the interval. What a layer takes is not taken back.
    """
    selected = list(greedy.layers)
    options = [
        _fewer(candidate, layer, greedy.interval)
        for candidate, layer in zip(greedy.layers, layers, strict=True)
    ]
    saved = [
        int(
            candidate.resources.dsp[0]
            - option.resources.dsp.min(initial=candidate.resources.dsp[0])
        )
        for candidate, option in zip(greedy.layers, options, strict=True)
    ]
    for place in sorted(range(len(layers)), key=lambda n: -saved[n]):
        option = options[place]
        same = np.zeros(len(option.interval), dtype=np.int64)
        columns = [candidate.resources.at(same) for candidate in selected]
        columns[place] = option.resources
        demand = side_by_side(columns)
        reached = _interval(option.interval, demand, budget, images)
        fitting = np.flatnonzero((reached <= greedy.interval) & _within(demand, budget))
        if len(fitting):
            selected[place] = option.at(fitting[:1])
    return _choice(selected, budget, images) or greedy


def _fewer(candidate: Candidates, layer: Candidates, interval: int) -> Candidates:
    """Candidates with fewer DSPs than one of them that keep the interval, fewest DSPs first."""
    cost = layer.resources
    order = np.lexsort((layer.interval, cost.lut, cost.dsp))
    kept = (layer.interval <= interval) & (cost.dsp < candidate.resources.dsp[0])
    return layer.at(order[kept[order]])


def _within(demand: Resources, budget: Budget) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    dsp, lut = demand.dsp.sum(axis=1) <= budget.dsp, demand.lut.sum(axis=1) <= budget.lut
    return np.asarray(dsp & lut)


def _interval(
    interval: np.ndarray[tuple[int], np.dtype[np.int64]],
    demand: Resources,
    budget: Budget,
    images: int,
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Cycles for N images, weights streamed where they must be; infinite where nothing helps."""
    placed = place_weights(demand, budget)
    streaming = np.ceil(placed.streamed_bytes * images / budget.memory_bytes_per_cycle)
    return np.where(placed.fits, np.maximum(interval, streaming), np.inf)


def _choice(layers: list[Candidates], budget: Budget, images: int) -> _Choice | None:
    demand = side_by_side([layer.resources for layer in layers])
    slowest = np.array([max(int(layer.interval[0]) for layer in layers)])
    interval = _interval(slowest, demand, budget, images)[0]
    if not np.isfinite(interval) or not _within(demand, budget)[0]:
        return None
    placed = place_weights(demand, budget)
    return _Choice(
        layers=layers,
        interval=int(interval),
        dsp=int(demand.dsp.sum()),
        bram18=int(placed.bram18[0]),
        uram=int(placed.uram[0]),
        streamed_bytes=int(placed.streamed_bytes[0]),
        home=tuple(int(home) for home in placed.home[0]),
    )


def _design(
    best: _Choice,
    without_memory: float,
    layers: Sequence[Candidates],
    budget: Budget,
    board: Platform,
) -> NetworkDesign:
    images = layers[0].histogram.images
    designs = tuple(
        _layer_design(candidate, everything, home, budget)
        for candidate, everything, home in zip(best.layers, layers, best.home, strict=True)
    )
    fill = sum(
        fill_cycles(layer.histogram, design.interval_cycles)
        for layer, design in zip(layers, designs, strict=True)
    )
    return NetworkDesign(
        layers=designs,
        interval_cycles=best.interval / images,
        free_memory_interval_cycles=without_memory / images,
        least_interval_cycles=least_interval(layers, budget) / images,
        binding=_binding(best, without_memory),
        fill_cycles=fill,
        bram18=best.bram18,
        uram=best.uram,
        streamed_bytes=best.streamed_bytes,
        clock_mhz=board.clock_mhz,
    )


def _layer_design(
    candidate: Candidates, everything: Candidates, home: int, budget: Budget
) -> LayerDesign:
    images = candidate.histogram.images
    first = cheapest(everything, LOGIC_PRICES[0], budget)
    return LayerDesign(
        name=candidate.histogram.layer.name,
        folding=candidate.folding(0),
        sparse=candidate.sparse,
        pair_sparsity=candidate.histogram.pair_sparsity,
        interval_cycles=int(candidate.interval[0]) / images,
        average_interval_cycles=int(candidate.average_interval[0]) / images,
        engine_cycles=int(candidate.engine[0]) / images,
        first_interval_cycles=int(everything.interval[first]) / images,
        bound_by=_bound_by(candidate),
        dsp=int(candidate.resources.dsp[0]),
        lut=int(candidate.resources.lut[0]),
        weights_in=HOMES[home] if candidate.resources.weight_bram18[0] else "lut",
    )


def _bound_by(candidate: Candidates) -> str:
    parts = {
        "input_port": candidate.input_port[0],
        "output_port": candidate.output_port[0],
        "engine": candidate.slowed_engine[0],
    }
    return max(parts, key=lambda name: parts[name])


def _binding(best: _Choice, without_memory: float) -> str:
    if best.interval > without_memory:
        return "weight_memory"
    # No layer can be faster than its padded input enters, and fully unfolded each is as fast.
    inputs = [
        candidate.histogram.images * prod(candidate.histogram.layer.padded_size)
        for candidate in best.layers
    ]
    return "input_port" if best.interval in inputs else "logic"
