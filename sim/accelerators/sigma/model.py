"""SIGMA: nonzeros of one operand packed into multipliers, the other streamed (see README.md)."""

from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np

from sim.accelerators.sigma.operands import Stationary, inputs_stay, weights_stay
from sim.accelerators.sigma.packing import Fillings
from sim.arithmetic import Counts, ceil_div
from sim.causes import Cause
from sim.compressed_formats import bitmap_bytes, bitmap_map_bytes
from sim.errors import UserError
from sim.events import Access, Events
from sim.masks.totals import effectual_macs
from sim.memory import PSUM_BYTES, ArrayBytes, Memory, StoredBytes
from sim.trace import LayerTrace
from sim.validation import require_choice, require_positive

VALUE_BITS = 8
CONFIGURING = 1
"""Cycles in which a filling is worked out and the networks are set."""
PIPELINE = 2
"""Cycles of a product and of taking a finished sum, beside the levels of the tree."""

ROLES = {
    "weight": (weights_stay,),
    "activation": (inputs_stay,),
    "faster": (weights_stay, inputs_stay),
}
"""Who may stay in the multipliers, by the value of `stationary`; the first of equals does."""


@dataclass(frozen=True)
class ArrayRun:
    """A layer with one operand in place, one image.

    Attributes:
        held: the operands in their roles.
        mapping: fillings of the multipliers.
        loading: (fillings,) cycles until the values are there.
        streaming: (fillings,) cycles for all streamed vectors.
        draining: (fillings,) cycles from the last product to the last sum, and the setting up.
    """

    held: Stationary
    mapping: Fillings
    loading: Counts
    streaming: Counts
    draining: Counts

    @property
    def cycles(self) -> int:
        """Cycles of all fillings, one after the other."""
        return int((self.loading + self.streaming + self.draining).sum())


@dataclass(frozen=True)
class Sigma(Memory):
    """One flexible dot-product unit: multipliers between a distribution and a reduction network.

    Attributes:
        multipliers: of the unit.
        values_per_cycle: that the distribution network sends, each to any set of multipliers of
            its share.
        sums_per_cycle: that the reduction network delivers.
        stationary: the operand that stays: "weight", "activation" or whichever is "faster".

    Raises:
        UserError: a value is not positive, there is a single multiplier, or no such role.
    """

    multipliers: int
    values_per_cycle: int
    sums_per_cycle: int
    stationary: str

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(
            multipliers=self.multipliers,
            values_per_cycle=self.values_per_cycle,
            sums_per_cycle=self.sums_per_cycle,
        )
        if self.multipliers < 2:
            raise UserError("multipliers is 1; expected at least 2, as one passes a sum on")
        require_choice("stationary", self.stationary, list(ROLES))

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer, summed over the images."""
        macs = effectual_macs(trace)
        images = range(trace.images)
        return reduce(add, (self._image(trace, image, int(macs[image])) for image in images))

    def run(self, held: Stationary) -> ArrayRun:
        """Time of every filling.

        A port of the distribution network serves `share` multipliers and sends one value a cycle.
        """
        mapping = Fillings.of(held.row_nonzeros, self.multipliers)
        share = ceil_div(self.multipliers, self.values_per_cycle)
        sending = np.minimum(share, mapping.slots)
        per_vector = np.maximum(sending, -(-mapping.sums // self.sums_per_cycle))
        return ArrayRun(
            held,
            mapping,
            sending,
            per_vector * held.streamed_vectors,
            CONFIGURING + PIPELINE + mapping.levels + (share > 1),
        )

    def _image(self, trace: LayerTrace, image: int, macs: int) -> Events:
        runs = [self.run(role(trace, image)) for role in ROLES[self.stationary]]
        run = min(runs, key=lambda each: each.cycles)
        traffic = self._traffic(trace, image, run)
        stall_cycles = self.stall_cycles(run.cycles, traffic)
        vectors, mapping = run.held.streamed_vectors, run.mapping
        presented = int(mapping.values.sum()) * vectors
        streamed, passes = int(run.streaming.sum()), len(mapping.values) * vectors
        idle = {
            Cause.ZERO_OPERAND: presented - macs,
            Cause.FRAGMENTATION: self.multipliers * passes - presented,
            Cause.PORT: self.multipliers * (streamed - passes),
            Cause.FILL: self.multipliers * (run.cycles - streamed),
            Cause.BANDWIDTH: self.multipliers * stall_cycles,
        }
        return Events(
            cycles=run.cycles + stall_cycles,
            dense_macs=trace.layer.dense_macs,
            effectual_macs=macs,
            multipliers=self.multipliers,
            idle_multiplier_cycles=idle,
            traffic_bytes=traffic,
            actions=self._actions(run, macs, presented),
        )

    def _actions(self, run: ArrayRun, macs: int, presented: int) -> dict[str, float]:
        """Products, and bits that enter the registers: a value per place, a product's input."""
        held = int(run.mapping.values.sum())
        return {"mac_int8": float(macs), "register_bit": float(VALUE_BITS * (held + macs))}

    def _traffic(self, trace: LayerTrace, image: int, run: ArrayRun) -> dict[Access, int]:
        weights = bitmap_bytes(trace.weight, VALUE_BITS)
        stored = StoredBytes.of(trace, weights, bitmap_map_bytes(trace, image))
        vectors, mapping = run.held.streamed_vectors, run.mapping
        places = len(run.held.row_nonzeros) * trace.layer.window
        kept = int(mapping.values.sum()) + ceil_div(places, 8)
        sent = streamed_bytes(run.held, mapping)
        partial = PSUM_BYTES * int(mapping.continues.sum()) * vectors
        weight_read, input_read = (kept, sent) if run.held.is_weight else (sent, kept)
        return self.traffic(stored, ArrayBytes(weight_read, input_read, partial, partial))


def streamed_bytes(held: Stationary, mapping: Fillings) -> int:
    """Bytes read to be streamed: of the positions that a filling needs, nonzeros and bitmaps.

    A position is read once for all rows of a filling. The fillings of a long row share its
    positions out, so that together they read them once.
    """
    groups, rows = len(held.streamed_nonzeros), len(held.row_nonzeros)
    starts = np.union1d(mapping.first_row, np.arange(0, rows, rows // groups))
    needed = np.logical_or.reduceat(held.bits(), starts, axis=0)
    values = int((needed * held.streamed_nonzeros[starts * groups // rows]).sum())
    return values + ceil_div(int(np.count_nonzero(needed)) * held.streamed_vectors, 8)
