"""A whole network on several designs: the short way from a trace to a table."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from sim.accelerator import Accelerator, simulate
from sim.compared_designs import designs_to_run, warn_of_left_out
from sim.components import COMPONENTS, EnergyBasis, energy_basis, energy_pj, has_inventory
from sim.consistency import check_events
from sim.errors import UserError
from sim.events import Events
from sim.extras import extra
from sim.layer import layer_kind
from sim.network_trace import IN_WORDS, NetworkTrace, Numbers, Provenance
from sim.registry import design_title
from sim.styles import design_style
from sim.trace import LayerTrace
from sim.trace_file import read_trace
from sim.validation import require_choice, require_function
from sim.zero_shares import Shares, zero_shares

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

ALL_LAYERS = "all layers"
"""What the row that adds up a network's layers is called."""

Row = dict[str, str | int | float]
BothNumbers = Literal["both"]


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


@dataclass(frozen=True)
class NetworkComparison:
    """Costs of a network's layers on several designs, each as its paper sizes it.

    Attributes:
        provenance: where the zeros come from, from the trace; every row repeats it.
        node_nm: technology node of the energies, nm.
        layers: by design, one entry per layer in running order.
        refused: by design, why it does not run this network; such a design has no entry above.
        numbers: how the numbers are kept whose zeros were run.
        zeros: of each layer, then of all; empty = not told.
        other: the same designs on the zeros of numbers kept the other way; None = not asked for.
    """

    provenance: Provenance
    node_nm: int
    layers: Mapping[str, tuple[LayerCost, ...]]
    refused: Mapping[str, str]
    _: KW_ONLY
    numbers: Numbers = "int8"
    zeros: tuple[Shares, ...] = ()
    other: "NetworkComparison | None" = None

    @property
    def forms(self) -> tuple["NetworkComparison", ...]:
        """This comparison, and that of the other numbers if there is one."""
        return (self,) if self.other is None else (replace(self, other=None), self.other)

    @property
    def network(self) -> str:
        """Name of the network."""
        return self.provenance.network

    @property
    def totals(self) -> tuple[LayerCost, ...]:
        """All layers of each design together, in the order of the designs."""
        return tuple(_total(costs) for costs in self.layers.values())

    def rows(self) -> list[Row]:
        """One row per design and layer, then one per design for all layers; every row has all keys.

        `numbers` says whether the zeros are those of INT8 or of real numbers, `data` of which
        inputs; the shares of zeros are given for both where both were recorded, else nan. A cause
        that a design does not know is 0. Rows of `other` follow.
        """
        every = [row for form in self.forms for row in form._named_rows()]
        columns = dict.fromkeys(name for row in every for name in row)
        return [{name: row.get(name, 0) for name in columns} for row in every]

    def _named_rows(self) -> list[Row]:
        """The rows of these numbers, each with where its zeros come from."""
        origin: Row = asdict(self.provenance) | {"numbers": self.numbers}
        costs = [(place, cost) for each in self.layers.values() for place, cost in enumerate(each)]
        costs += [(-1, cost) for cost in self.totals]
        return [
            origin | (dict(self.zeros[place]) if self.zeros else {}) | cost.row()
            for place, cost in costs
        ]

    def frame(self) -> "pd.DataFrame":
        """The rows as a pandas table.

        Raises:
            UserError: pandas is not installed.
        """
        with extra("plots", "a table"):
            import pandas as pd
        return pd.DataFrame(self.rows())

    def plot(self) -> "Figure":
        """A bar in its colour for each design, and the bound as a line; `other` as hollow bars.

        Raises:
            UserError: no design ran the network, or matplotlib is not installed.
        """
        if not self.layers:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in self.refused.items())
            raise UserError(f"{self.network}: nothing to draw, for no design ran it ({reasons})")
        with extra("plots", "a figure"):
            from matplotlib.figure import Figure
        totals = self.totals[::-1]
        figure = Figure(figsize=(7, 1.5 + 0.26 * len(totals)), layout="constrained")
        axes = figure.add_subplot()
        titles = [design_title(cost.accelerator) for cost in totals]
        colours = [design_style(cost.accelerator).colour for cost in totals]
        bars = axes.barh(titles, [cost.speedup for cost in totals], color=colours)
        axes.bar_label(bars, fmt="%.2f", padding=3)
        if self.other is not None:
            filled = f"zeros of {IN_WORDS[self.numbers]} numbers"  # in every design's colour
            axes.barh(titles[:1], [0], color="grey", label=filled)
            others = {cost.accelerator: cost.speedup for cost in self.other.totals}
            axes.barh(
                titles,
                [others.get(cost.accelerator, 0.0) for cost in totals],
                facecolor="none",
                edgecolor="black",
                label=f"zeros of {IN_WORDS[self.other.numbers]} numbers",
            )
        bound = max(cost.bound for cost in totals)
        if math.isfinite(bound):  # a network without one effectual product has none
            axes.axvline(bound, color="black", label=f"bound of these zeros: {bound:.2f}")
        axes.axvline(1, color="grey", linestyle="--", label="that dense array")
        axes.set(
            xlabel="times faster than a never idle dense array of as many multipliers",
            title=self.network,
        )
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
        return figure


def compare(
    trace: NetworkTrace | Path | str,
    accelerators: Iterable[str] | Mapping[str, Accelerator] | None = None,
    node_nm: int = 16,
    at: int | None = None,
    progress: Callable[[str], None] = lambda name: None,
    numbers: Numbers | BothNumbers | None = None,
) -> NetworkComparison:
    """Run a network's layers on several designs.

    Args:
        trace: a recorded network, or the path of a trace file.
        accelerators: names of configurations, or designs of your own by name; None takes every
            configuration. Each runs at the size that its paper gives it, so compare speedups and
            utilisation, not cycles; `accelerator(name, rows=...)` makes another size.
        node_nm: technology node of the energies, nm.
        at: number of multipliers to bring every design to, with one precision, clock, bandwidth and
            buffer size (sim/footing/designs.yaml has the sizes, and what each design does not
            allow); None = as their papers have them.
        progress: told the name of each design before it runs.
        numbers: whose zeros the designs run on, "int8", "real" or "both", which takes twice the
            time; None = those that the trace was recorded with first.

    Raises:
        UserError: unknown accelerator, node or size, none at all, no trace or no such zeros.
    """
    if not isinstance(trace, NetworkTrace):
        trace = read_trace(trace)
    require_choice("numbers", numbers, (*get_args(Numbers), *get_args(BothNumbers), None))
    require_function("compare()", progress=progress)
    designs, refused = designs_to_run(accelerators, node_nm, at)
    shares = zero_shares(trace)

    def of_form(form: NetworkTrace) -> NetworkComparison:
        return _compared(form, designs, refused, node_nm, progress, shares)

    first = trace.numbers if numbers == "both" else numbers or trace.numbers
    opposite: Numbers = "real" if first == "int8" else "int8"
    other = trace.form(opposite) if numbers == "both" else None  # before anything runs
    compared = replace(of_form(trace.form(first)), other=None if other is None else of_form(other))
    warn_of_left_out(compared.refused)
    return compared


def _compared(
    trace: NetworkTrace,
    designs: Mapping[str, Accelerator],
    sizeless: Mapping[str, str],
    node_nm: int,
    progress: Callable[[str], None],
    shares: tuple[Shares, ...],
) -> NetworkComparison:
    """Run the layers of one form of the numbers."""
    layers: dict[str, tuple[LayerCost, ...]] = {}
    refused = dict(sizeless)
    for name, design in designs.items():
        progress(name)
        try:
            layers[name] = tuple(_costs(name, design, trace.traces, _prices(design, node_nm)))
        except UserError as error:
            refused[name] = str(error)
    origin, numbers = trace.provenance, trace.numbers
    return NetworkComparison(origin, node_nm, layers, refused, numbers=numbers, zeros=shares)


def _prices(design: Accelerator, node_nm: int) -> EnergyBasis | None:
    return energy_basis(COMPONENTS, design, node_nm) if has_inventory(design) else None


def _costs(
    name: str, design: Accelerator, traces: Iterable[LayerTrace], prices: EnergyBasis | None
) -> Iterator[LayerCost]:
    for trace in traces:
        events = check_events(name, design, trace, simulate(trace, design))
        yield LayerCost(
            accelerator=name,
            layer=trace.layer.name,
            layer_kind=layer_kind(trace.layer),
            images=trace.images,
            events=events,
            energy_pj=energy_pj(events, prices) if prices else {},
        )


def _total(costs: tuple[LayerCost, ...]) -> LayerCost:
    events = costs[0].events
    for cost in costs[1:]:
        events = events + cost.events
    energy: dict[str, float] = {}
    for cost in costs:
        for component, value in cost.energy_pj.items():
            energy[component] = energy.get(component, 0.0) + value
    return LayerCost(costs[0].accelerator, ALL_LAYERS, ALL_LAYERS, costs[0].images, events, energy)
