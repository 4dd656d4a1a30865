"""A design whose exploration balances the exact cycles of its layers instead of their averages.

The exploration of `design` knows how long engines take on average; how long they wait for each
other depends on the folding and costs a run of the layer. Here each layer's average is multiplied
by what waiting cost it at the folding picked last, and the exploration is repeated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.accelerator import simulate
from sim.accelerators.hass.design import LayerDesign, Limits, NetworkDesign
from sim.accelerators.hass.exploration import explore
from sim.accelerators.hass.model import DenseDataflow, folded
from sim.platforms import Platform
from sim.trace import LayerTrace

ROUNDS = 6
"""Explorations after the one by averages; the best of all counts."""


@dataclass(frozen=True)
class BalancedDesign:
    """A design with the exact interval of its layers.

    Attributes:
        design: foldings and resources; its own intervals are the exploration's estimates.
        interval_cycles: per image, waiting included; of the slowest layer, or of streamed weights.
        average_interval_cycles: the same of the design that averages alone lead to.
    """

    design: NetworkDesign
    interval_cycles: float
    average_interval_cycles: float

    @property
    def images_per_second(self) -> float:
        """Throughput of a full pipeline, waiting included."""
        return self.design.clock_mhz * 1e6 / self.interval_cycles


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
) -> BalancedDesign:
    """Put a network on a board, balancing exact counts.

    Args:
        traces: one per layer, over the same images.
        hardware: as for `design`.
        board: resources and clock.
        limits: usable fractions of the board.
        rounds: explorations after the first.

    Raises:
        UserError: the network does not fit; see `explore`.
    """
    histograms = [hardware.histogram(trace) for trace in traces]
    slowdowns = [1.0] * len(traces)
    results: list[tuple[float, NetworkDesign]] = []
    for _ in range(rounds + 1):
        network = explore(histograms, hardware.rules, board, limits, slowdowns)
        exact = exact_cycles(traces, hardware, network)
        streamed = network.streamed_bytes / board.memory_bytes_per_cycle
        results.append((max(streamed, *exact), network))
        slowdowns = [
            _slowdown(layer, cycles, slowdown)
            for layer, cycles, slowdown in zip(network.layers, exact, slowdowns, strict=True)
        ]
    interval, best = min(results, key=lambda result: (result[0], result[1].dsp))
    return BalancedDesign(best, interval, results[0][0])


def _slowdown(layer: LayerDesign, exact_cycles: float, assumed: float) -> float:
    """Exact cycles over the engines' average; as assumed where a port hides what they are."""
    if exact_cycles <= layer.interval_cycles and layer.bound_by != "engine":
        return assumed
    return max(1.0, exact_cycles * assumed / layer.engine_cycles)
