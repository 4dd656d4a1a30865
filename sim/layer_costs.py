"""What the layers of a network cost on several designs, layer by layer.

A layer goes through all designs before the next, because many of them count the same of its masks
(sim/masks/sharing.py), and what is kept for them is freed when the layer ends.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sim.accelerator import Accelerator, simulate_once
from sim.components import COMPONENTS, EnergyBasis, energy_basis, energy_pj, has_inventory
from sim.consistency import check_events
from sim.errors import UserError
from sim.events import Events
from sim.layer import layer_kind
from sim.masks.sharing import sharing
from sim.trace import LayerTrace

ALL_LAYERS = "all layers"
"""What the row that adds up a network's layers is called."""

Row = dict[str, str | int | float]


@dataclass(frozen=True)
class LayerCost:
    """What one layer, or a network's layers together, cost on one design.

    Attributes:
        accelerator: name of the configuration.
        layer: name of the layer, or `ALL_LAYERS`.
        layer_kind: conv, depthwise or linear; `ALL_LAYERS` for all together.
        images: number of images that the events are totals over.
        events: counts from the model.
        energy_pj: energy by component, pJ; empty where nobody says what the design is made of.
    """

    accelerator: str
    layer: str
    layer_kind: str
    images: int
    events: Events
    energy_pj: Mapping[str, float]

    @property
    def speedup(self) -> float:
        """Times faster than a dense array of as many multipliers that never idles."""
        return self.events.dense_macs / (self.events.multipliers * self.events.cycles)

    @property
    def bound(self) -> float:
        """The most that skipping every product with a zero operand gives; inf if all have one."""
        effectual = self.events.effectual_macs
        return self.events.dense_macs / effectual if effectual else float("inf")

    @property
    def _energy_nj_per_image(self) -> float:
        if not self.energy_pj:
            return float("nan")
        return sum(self.energy_pj.values()) / self.images / 1000

    def row(self) -> Row:
        """The costs with a unit in each name; idle causes as shares of all multiplier-cycles."""
        events = self.events
        slots = events.multipliers * events.cycles
        return {
            "accelerator": self.accelerator,
            "layer": self.layer,
            "layer_kind": self.layer_kind,
            "images": self.images,
            "multipliers": events.multipliers,
            "cycles_per_image": events.cycles / self.images,
            "dense_macs": events.dense_macs,
            "effectual_macs": events.effectual_macs,
            "speedup_over_ideal_dense": self.speedup,
            "bound_speedup": self.bound,
            "utilisation": events.utilisation,
            "dram_bytes_per_image": events.dram_bytes / self.images,
            "energy_nj_per_image": self._energy_nj_per_image,
            **{
                f"idle_{cause}_share": count / slots
                for cause, count in events.idle_multiplier_cycles.items()
            },
        }


def layer_costs(
    traces: Iterable[LayerTrace],
    designs: Mapping[str, Accelerator],
    node_nm: int,
    progress: Callable[[str], None],
) -> tuple[dict[str, tuple[LayerCost, ...]], dict[str, str]]:
    """Run layers on designs.

    Args:
        traces: of the layers, in running order.
        designs: by name.
        node_nm: technology node of the energies, nm.
        progress: told the name of each layer before it runs.

    Returns:
        Costs of the layers on each design, and why a design does not run one of them; such a
        design is left out of the first.
    """
    runs = {name: _Run(name, design, node_nm) for name, design in designs.items()}
    for trace in traces:
        progress(trace.layer.name)
        with sharing():
            for run in runs.values():
                run.add(trace)
    costs = {name: tuple(run.costs) for name, run in runs.items() if not run.refusal}
    return costs, {name: run.refusal for name, run in runs.items() if run.refusal}


class _Run:
    """A design on the layers so far.

    Attributes:
        costs: one per layer.
        refusal: why it does not run one of them; no other is run then.
    """

    def __init__(self, name: str, design: Accelerator, node_nm: int) -> None:
        self.name, self.design = name, design
        self.costs: list[LayerCost] = []
        self.refusal = ""
        self.prices: EnergyBasis | None = None
        try:
            if has_inventory(design):
                self.prices = energy_basis(COMPONENTS, design, node_nm)
        except UserError as error:
            self.refusal = str(error)

    def add(self, trace: LayerTrace) -> None:
        """Run a layer."""
        if self.refusal:
            return
        try:
            self.costs.append(self._cost(trace))
        except UserError as error:
            self.refusal = str(error)

    def _cost(self, trace: LayerTrace) -> LayerCost:
        events = check_events(self.name, self.design, trace, simulate_once(trace, self.design))
        return LayerCost(
            accelerator=self.name,
            layer=trace.layer.name,
            layer_kind=layer_kind(trace.layer),
            images=trace.images,
            events=events,
            energy_pj=energy_pj(events, self.prices) if self.prices else {},
        )


def total_cost(costs: tuple[LayerCost, ...]) -> LayerCost:
    """Add up the layers of one design."""
    events = costs[0].events
    for cost in costs[1:]:
        events = events + cost.events
    energy: dict[str, float] = {}
    for cost in costs:
        for component, value in cost.energy_pj.items():
            energy[component] = energy.get(component, 0.0) + value
    return LayerCost(costs[0].accelerator, ALL_LAYERS, ALL_LAYERS, costs[0].images, events, energy)
