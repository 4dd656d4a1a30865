"""Operations per second, watt and square millimetre of a design on the basis of components."""

from dataclasses import dataclass

from sim.accelerator import Accelerator
from sim.components.basis import LPDDR4, energy_basis, energy_pj
from sim.components.cells import Estimate
from sim.components.inventories import area
from sim.events import Events
from sim.validation import require_finite

OPERATIONS_PER_MAC = 2
"""A multiplication and an addition."""


@dataclass(frozen=True)
class Efficiency:
    """How fast, large and hungry a design is on some work.

    Operations are those of the dense layers, zeros included, as papers on sparse designs count
    them. What is not counted: wires, clock trees, control, pads.

    Attributes:
        tops: 10**12 operations per second.
        on_chip_w: power without DRAM, leakage included.
        dram_w: power of the traffic to DRAM.
        leakage_w: share of `on_chip_w` that leaks.
        mm2: area of the counted parts.
    """

    tops: float
    on_chip_w: float
    dram_w: float
    leakage_w: float
    mm2: float

    @property
    def tops_per_w(self) -> float:
        """Without DRAM, as papers state it."""
        return self.tops / self.on_chip_w

    @property
    def tops_per_w_with_dram(self) -> float:
        """Operations per second and watt with the traffic to DRAM."""
        return self.tops / (self.on_chip_w + self.dram_w)

    @property
    def tops_per_mm2(self) -> float:
        """Operations per second and area."""
        return self.tops / self.mm2


def efficiency(
    events: Events,
    accelerator: Accelerator,
    node_nm: int,
    frequency_mhz: float,
    *,
    dram: str = LPDDR4,
    estimate: Estimate = "basis",
) -> Efficiency:
    """Efficiency of an accelerator on the work that its events count.

    Args:
        events: of one layer or several; at least one cycle.
        accelerator: that they come from.
        node_nm: technology node.
        frequency_mhz: clock.
        dram: kind of the memory off chip.
        estimate: end of the band of selection logic.

    Raises:
        UserError: no inventory for the accelerator, or an unknown node, DRAM or frequency.
    """
    require_finite(frequency_mhz=frequency_mhz)
    basis = energy_basis("components", accelerator, node_nm, dram=dram, estimate=estimate)
    energy = energy_pj(events, basis)
    size = area(accelerator, node_nm, estimate)
    dram_pj = energy.pop("dram", 0.0)
    # picojoules per microsecond are microwatts
    microseconds = events.cycles / frequency_mhz
    leakage_w = size.total_leakage_mw * 1e-3
    return Efficiency(
        tops=OPERATIONS_PER_MAC * events.dense_macs / microseconds * 1e-6,
        on_chip_w=sum(energy.values()) / microseconds * 1e-6 + leakage_w,
        dram_w=dram_pj / microseconds * 1e-6,
        leakage_w=leakage_w,
        mm2=size.total_mm2,
    )
