"""Phantom-2D (Qureshi & Munir, arXiv 2111.05002): lookahead masking on a mesh of cores.

Only the abstract could be read: the mechanism below is a reconstruction (see README.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import ClassVar

import numpy as np

from sim.accelerators.phantom.cores import INTRA_CORE, Core, CoreTimes
from sim.accelerators.phantom.mesh import INTER_CORE, MeshRun, run_tiles
from sim.accelerators.phantom.packing import PACKERS, THREADS
from sim.accelerators.phantom.streams import (
    Bands,
    activation_bits,
    ordered_weights,
    weight_bits,
)
from sim.accelerators.phantom.traffic import PhantomWork, actions, stored_bytes, traffic_bytes
from sim.arithmetic import ceil_div
from sim.causes import Cause
from sim.errors import UserError
from sim.events import Events
from sim.layer import Layer
from sim.masks.totals import effectual_macs, filter_nonzeros
from sim.memory import Memory
from sim.sizes import Pair
from sim.trace import LayerTrace
from sim.validation import require_choice, require_flag, require_positive, require_whole

MAX_LOOKAHEAD = 254
"""The packers count entries of a cycle in one byte."""


@dataclass(frozen=True, kw_only=True)
class Phantom(Memory):
    """Phantom-2D; the parameters are explained in configs.yaml.

    Raises:
        UserError: a size is below 1, the lookahead above MAX_LOOKAHEAD, or a choice is unknown.
    """

    needs_static_weights: ClassVar[str] = (
        "its filters are compressed and sorted by their nonzeros offline"
    )

    mesh_rows: int
    mesh_columns: int
    pe_columns: int
    lookahead: int
    scheduler: str
    intra_core: str
    inter_core: str
    skip_empty_slices: bool
    mapping: str
    fill_cycles: int

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(
            mesh_rows=self.mesh_rows,
            mesh_columns=self.mesh_columns,
            pe_columns=self.pe_columns,
            lookahead=self.lookahead,
        )
        require_whole(fill_cycles=self.fill_cycles)
        require_choice("scheduler", self.scheduler, PACKERS)
        require_choice("intra_core", self.intra_core, INTRA_CORE)
        require_choice("inter_core", self.inter_core, INTER_CORE)
        require_choice("mapping", self.mapping, ("auto", "bands", "filters"))
        if self.lookahead > MAX_LOOKAHEAD:
            raise UserError(f"lookahead is {self.lookahead}; expected at most {MAX_LOOKAHEAD}")
        require_flag(skip_empty_slices=self.skip_empty_slices)

    @property
    def cores(self) -> int:
        """Cores of the whole mesh."""
        return self.mesh_rows * self.mesh_columns

    @property
    def multipliers(self) -> int:
        """Multipliers of all cores."""
        return self.cores * self.pe_columns * THREADS

    def split(self, layer: Layer) -> Pair:
        """(cores that take different filters, cores that take different bands of one).

        Bands are used where each keeps at least a lookahead window of outputs.
        """
        if streams_over_neurons(layer):
            return 1, self.cores
        height, width = layer.output_size
        positions = -(-height // self.mesh_columns) * width
        if self.mapping == "bands" or (self.mapping == "auto" and positions >= self.lookahead):
            return self.mesh_rows, self.mesh_columns
        return self.cores, 1

    def core_times(self, trace: LayerTrace) -> Iterator[CoreTimes]:
        """Times of all filters and bands, image by image."""
        layer = trace.layer
        core = Core(
            self.pe_columns, self.lookahead, self.scheduler, self.intra_core, self.skip_empty_slices
        )
        bands = Bands.of(layer.output_size[0], self.split(layer)[1])
        over_neurons = streams_over_neurons(layer)
        weights = ordered_weights(trace) if over_neurons else weight_bits(trace, self.pe_columns)
        for image in trace.activation:
            bits = activation_bits(layer, image, self.pe_columns)
            if over_neurons:
                yield core.neuron_times(weights, bits[..., 0, 0], self.cores)
            else:
                yield core.filter_times(layer, weights, bits, bands)

    def mesh_run(self, trace: LayerTrace, times: CoreTimes) -> MeshRun:
        """Run the filters and bands of one image over the mesh."""
        if streams_over_neurons(trace.layer):
            return run_tiles(times.cycles, np.zeros(1, dtype=np.int64), 1)
        order = INTER_CORE[self.inter_core](filter_nonzeros(trace), times.cycles)
        return run_tiles(times.cycles, order, self.split(trace.layer)[0])

    def idle(self, run: MeshRun, times: CoreTimes, effectual: int) -> dict[Cause, int]:
        """Idle multiplier-cycles by cause; they and the effectual ones fill all slots."""
        per_core = self.pe_columns * THREADS
        busy_cores, busy_columns = int(times.cycles.sum()), times.busy_column_cycles
        return {
            Cause.FRAGMENTATION: THREADS * busy_columns - effectual,
            Cause.COLUMN_IMBALANCE: per_core * busy_cores - THREADS * busy_columns,
            Cause.BARRIER: per_core * (run.assigned_cycles - busy_cores),
            Cause.EDGE: per_core * (self.cores * run.cycles - run.assigned_cycles),
            Cause.FILL: self.multipliers * self.fill_cycles * run.tiles,
        }

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer over all images, one after the other."""
        effectual = effectual_macs(trace)
        images = (
            self._image(trace, image, times, int(effectual[image]))
            for image, times in enumerate(self.core_times(trace))
        )
        return reduce(add, images)

    def _image(self, trace: LayerTrace, image: int, times: CoreTimes, effectual: int) -> Events:
        layer, run = trace.layer, self.mesh_run(trace, times)
        neurons = streams_over_neurons(layer)
        filter_tiles = 1 if neurons else ceil_div(layer.group_filters, self.split(layer)[0])
        work = PhantomWork(effectual, times.entries, filter_tiles, self.pe_columns)
        traffic = traffic_bytes(stored_bytes(trace, image), work, self)
        compute_cycles = run.cycles + self.fill_cycles * run.tiles
        stall_cycles = self.stall_cycles(compute_cycles, traffic)
        idle = self.idle(run, times, effectual)
        idle[Cause.BANDWIDTH] = self.multipliers * stall_cycles
        return Events(
            cycles=compute_cycles + stall_cycles,
            dense_macs=layer.dense_macs,
            effectual_macs=effectual,
            multipliers=self.multipliers,
            idle_multiplier_cycles=idle,
            traffic_bytes=traffic,
            actions=actions(work),
        )


def streams_over_neurons(layer: Layer) -> bool:
    """One output position and one group, e.g. fully connected: lookahead runs over filters."""
    return layer.output_pixels == 1 and layer.groups == 1
