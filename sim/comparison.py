"""A whole network on several designs: the short way from a trace to a table."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from sim.accelerator import Accelerator
from sim.compared_designs import designs_to_run, warn_of_left_out
from sim.errors import UserError
from sim.extras import extra
from sim.layer_costs import LayerCost, Row, layer_costs, total_cost
from sim.network_trace import IN_WORDS, NetworkTrace, Numbers, Provenance
from sim.registry import design_title
from sim.styles import design_style
from sim.trace_file import read_trace
from sim.validation import require_choice, require_function
from sim.zero_shares import Shares, zero_shares

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

BothNumbers = Literal["both"]


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
        return tuple(total_cost(costs) for costs in self.layers.values())

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
        progress: told the name of each layer before the designs run it, one after the other, so
            that they share what several of them count.
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
    layers, refused = layer_costs(trace.traces, designs, node_nm, progress)
    refused = {**sizeless, **refused}
    origin, numbers = trace.provenance, trace.numbers
    return NetworkComparison(origin, node_nm, layers, refused, numbers=numbers, zeros=shares)
