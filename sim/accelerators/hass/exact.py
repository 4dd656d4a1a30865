"""A design whose exploration balances the exact cycles of its layers instead of their averages.

The exploration of `design` knows how long engines take on average; how long they wait for each
other depends on the folding and costs a run of the layer. Here each layer's average is multiplied
by what waiting cost it at the folding picked last, and the exploration is repeated.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.accelerator import simulate
from sim.accelerators.hass.candidates import Folding, candidates
from sim.accelerators.hass.design import LayerDesign, Limits, NetworkDesign
from sim.accelerators.hass.exploration import unfold
from sim.accelerators.hass.histograms import PairHistogram
from sim.accelerators.hass.model import DenseDataflow, folded
from sim.errors import UserError
from sim.platforms import Platform
from sim.trace import LayerTrace

ROUNDS = 6
"""Explorations after the one by averages; the best of all counts."""


@dataclass(frozen=True)
class ExactDesign:
    """A design and its exact intervals.

    Attributes:
        design: foldings and resources; its own intervals are the exploration's estimates.
        layer_cycles: per image of each layer, waiting of engines and streams included.
        streaming_cycles: per image, of weights that come from off chip.
    """

    design: NetworkDesign
    layer_cycles: tuple[float, ...]
    streaming_cycles: float

    @property
    def interval_cycles(self) -> float:
        """Per image, waiting included; of the slowest layer, or of streamed weights."""
        return max(self.streaming_cycles, *self.layer_cycles)

    @property
    def images_per_second(self) -> float:
        """Throughput of a full pipeline, waiting included."""
        return self.design.clock_mhz * 1e6 / self.interval_cycles

    @property
    def average_interval_cycles(self) -> float:
        """Per image of the same foldings, if engines never waited for each other."""
        layers = (layer.average_interval_cycles for layer in self.design.layers)
        return max(self.streaming_cycles, *layers)


@dataclass(frozen=True)
class BalancedDesign(ExactDesign):
    """A design whose exact intervals are balanced.

    Attributes:
        by_averages: what balancing averages leads to.
    """

    by_averages: ExactDesign


def exact_cycles(
    traces: Sequence[LayerTrace], hardware: DenseDataflow, network: NetworkDesign
) -> list[float]:
    """Cycles per image of each layer of a design, waiting of engines and streams included."""
    return [
        simulate(trace, folded(hardware, layer)).cycles / trace.images
        for trace, layer in zip(traces, network.layers, strict=True)
    ]


def balanced(
    traces: Sequence[LayerTrace],
    hardware: DenseDataflow,
    board: Platform,
    limits: Limits | None = None,
    rounds: int = ROUNDS,
    histograms: Sequence[PairHistogram] | None = None,
) -> BalancedDesign:
    """Put a network on a board, balancing exact counts.

    Nothing can pass the interval of averages, so that reaching it ends the rounds; so does a round
    that learns nothing new.

    Args:
        traces: one per layer, over the same images.
        hardware: as for `design`.
        board: resources and clock.
        limits: usable fractions of the board.
        rounds: explorations after the first.
        histograms: of the traces, where they are at hand.

    Raises:
        UserError: no layer, or the network does not fit; see `explore`.
    """
    if not traces:
        raise UserError("balanced() needs at least one layer")
    budget = (limits or Limits()).of(board)
    counted = histograms or [hardware.histogram(trace) for trace in traces]
    layers = [candidates(entry, hardware.rules, budget) for entry in counted]
    count = _ExactCounts(traces, hardware)
    results: list[ExactDesign] = []
    for _ in range(rounds + 1):
        network = unfold(layers, board, budget)
        streaming = network.streamed_bytes / board.memory_bytes_per_cycle
        results.append(ExactDesign(network, count(network), streaming))
        if results[-1].interval_cycles <= results[0].design.interval_cycles:
            break
        known = [layer.slowdown for layer in layers]
        slowdowns = list(map(_slowdown, network.layers, results[-1].layer_cycles, known))
        if slowdowns == known:
            break
        layers = [replace(layer, slowdown=by) for layer, by in zip(layers, slowdowns, strict=True)]
    best = min(results, key=lambda result: (result.interval_cycles, result.design.dsp))
    return BalancedDesign(best.design, best.layer_cycles, best.streaming_cycles, results[0])


class _ExactCounts:
    """Exact cycles of designs of one network; a layer on a folding is run once."""

    def __init__(self, traces: Sequence[LayerTrace], hardware: DenseDataflow) -> None:
        self.traces, self.hardware = traces, hardware
        self.counted: dict[tuple[int, Folding], float] = {}

    def __call__(self, network: NetworkDesign) -> tuple[float, ...]:
        """Cycles per image of each layer."""
        return tuple(self._cycles(place, layer) for place, layer in enumerate(network.layers))

    def _cycles(self, place: int, layer: LayerDesign) -> float:
        key = place, layer.folding
        if key not in self.counted:
            trace = self.traces[place]
            self.counted[key] = simulate(trace, folded(self.hardware, layer)).cycles / trace.images
        return self.counted[key]


def _slowdown(layer: LayerDesign, exact_cycles: float, assumed: float) -> float:
    """Exact cycles over the engines' average; as assumed where a port hides what they are."""
    if exact_cycles <= layer.interval_cycles and layer.bound_by != "engine":
        return assumed
    return max(1.0, exact_cycles / layer.engine_cycles)
