"""Cycles of one layer with a given folding, waiting of engines and streams for each other included.

The exploration balances averages. What runs is slower: the engines of a stream meet at every new
vector, because they share it, and the streams meet in the adder tree, which they may run ahead of
only by the depth of their FIFOs. Counted is a meeting of all streams after every FIFO's length of
output positions, which is never faster than FIFOs of that depth: there the start of one stretch
could overlap the end of the last.
"""

from dataclasses import dataclass

import numpy as np

from sim.accelerators.hass.candidates import Folding
from sim.accelerators.hass.streams import stream_of_vector
from sim.accelerators.hass.vectors import VectorShape, vector_pairs
from sim.accelerators.hass.waits import engine_waits
from sim.trace import LayerTrace


@dataclass(frozen=True)
class EngineTime:
    """What the engines of one layer did, over all images.

    Attributes:
        cycles: from first to last vector.
        busy_engine_cycles: summed over the engines.
        nonzero_pairs: pairs that a multiplier was given.
    """

    cycles: int
    busy_engine_cycles: int
    nonzero_pairs: int


def engine_time(
    trace: LayerTrace,
    shape: VectorShape,
    folding: Folding,
    cycles: np.ndarray[tuple[int], np.dtype[np.int64]],
    *,
    fifo_positions: int,
    interleave: bool,
    skips_weights: bool,
) -> EngineTime:
    """Run all dot products of a layer through its engines.

    Args:
        trace: shape and masks.
        shape: the layer as vectors.
        folding: divisors of what it shares out.
        cycles: of an engine by number of nonzero pairs, (lanes + 1,).
        fifo_positions: output positions from one meeting of the streams to the next.
        interleave: channels are dealt to streams by their load.
        skips_weights: False = every weight counts as nonzero.
    """
    positions = trace.images * trace.layer.output_pixels
    starts = np.arange(0, positions, fifo_positions)
    stretches = np.empty((shape.groups * shape.vectors, len(starts)), dtype=np.int64)
    busy = 0
    waits = engine_waits(trace, shape, folding.coarse_out, cycles, skips_weights)
    for block, waited, busy_of_block in waits:
        # before the vectors of a stream are added up: sums in another order are the same
        np.add.reduceat(waited, starts, axis=1, dtype=np.int64, out=stretches[block])
        busy += busy_of_block
    pairs = vector_pairs(trace, shape, skips_weights)
    stream = stream_of_vector(pairs, shape, folding.coarse_group, folding.coarse_in, interleave)
    order = np.argsort(stream, kind="stable")
    streams = folding.coarse_group * folding.coarse_in
    by_stream = stretches[order].reshape(streams, -1, len(starts)).sum(axis=1)
    total = int(by_stream.max(axis=0).sum())
    return EngineTime(total, busy, int(pairs.sum()))
