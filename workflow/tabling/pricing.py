"""Energy of event tables: one basis for a whole run of the pipeline, priced design by design.

On the basis `components` each design has its own prices, so that a byte of its buffer costs what a
buffer of that size does; a row therefore says which design it belongs to: by the accelerator's
name, on which footing, with which parameters varied. On `mixed` one list of entries holds for all.
A design that does not say what it is made of has no energy on `components`: its cells are empty.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import cast

import pandas as pd

from sim import Accelerator
from sim.components import BASES, COMPONENTS, MIXED, EnergyBasis, energy_basis, has_inventory
from sim.components.basis import LPDDR4, mixed_entries
from sim.components.cells import DRAM_KINDS, Estimate
from sim.declared import data_files, modules_by_name
from sim.footing import AS_CONFIGURED, footing
from sim.registry import Value, configuration
from sim.validation import require_choice
from workflow.cli import run
from workflow.event_columns import action_columns, traffic_columns
from workflow.events import energy_pj, read_events
from workflow.tabling.shared import ENERGIES, write_table
from workflow.variants import overridden

data_files("sim/accelerators/*/configs.yaml")
modules_by_name("sim.accelerators.*.model", "sim.accelerators.*.inventory")

WHICH = ("accelerator", "footing", "variant")
"""Columns that say which design a row belongs to, where a table has them."""


@dataclass(frozen=True)
class Pricing:
    """What an event costs.

    Attributes:
        basis: "components", of one published library, or "mixed", entries of several sources.
        dram: kind of the memory off chip, one of DRAM_KINDS.
        estimate: end of the band of selection logic; "mixed" has no band.

    Raises:
        UserError: an unknown basis or DRAM.
    """

    basis: str = COMPONENTS
    dram: str = LPDDR4
    estimate: Estimate = "basis"

    def __post_init__(self) -> None:
        require_choice("energy basis", self.basis, BASES)
        require_choice("dram", self.dram, DRAM_KINDS)

    def parts_per_image_pj(
        self, frame: pd.DataFrame, node_nm: int, **entries_pj: float
    ) -> pd.DataFrame:
        """`<component>_energy_pj` per image, same index as `frame`.

        Args:
            frame: events, one row per layer or sum of layers, with the columns of WHICH.
            node_nm: technology node.
            entries_pj: mixed entries at 45 nm that are replaced, where that is the basis.

        Raises:
            UserError: an unknown design, parameter or node, or a count without a price.
        """
        if self.basis == MIXED:
            energies = energy_pj(frame, mixed_entries(node_nm, self.dram, **entries_pj))
        else:
            energies = self._by_design(frame, node_nm)
        return energies.div(frame["images"], axis="index")

    def per_image_pj(self, frame: pd.DataFrame, node_nm: int, **entries_pj: float) -> pd.DataFrame:
        """Columns ENERGIES, the sums of all components and of all but DRAM, index of `frame`."""
        parts = self.parts_per_image_pj(frame, node_nm, **entries_pj)
        on_chip = parts.drop(columns="dram_energy_pj", errors="ignore")
        # a design without prices has empty cells, not zeros
        sums = (each.sum(axis=1, min_count=1) for each in (parts, on_chip))
        return pd.DataFrame(dict(zip(ENERGIES, sums, strict=True)))

    def _by_design(self, frame: pd.DataFrame, node_nm: int) -> pd.DataFrame:
        priced = [pd.DataFrame(index=frame.index[:0])]
        for labels, rows in _designs(frame):
            design = built(*labels)
            if has_inventory(design):
                prices = energy_basis(
                    self.basis, design, node_nm, dram=self.dram, estimate=self.estimate
                )
                priced.append(_priced(rows, prices))
        energies = pd.concat(priced)
        # what a priced design has no events of costs it nothing
        energies = energies.fillna(0.0).reindex(frame.index)
        return energies[sorted(energies.columns)]


JUDGED = Pricing()
"""What tables and claims are judged by."""


def _designs(frame: pd.DataFrame) -> Iterator[tuple[tuple[str, str, str], pd.DataFrame]]:
    labels = frame.reindex(columns=list(WHICH)).astype(object).fillna("")
    for which, rows in frame.groupby([labels[name] for name in WHICH], sort=False):
        yield cast("tuple[str, str, str]", which), rows


@cache
def built(name: str, size: str = "", variant: str = "") -> Accelerator:
    """The design that a row of an event table belongs to.

    Args:
        name: of the configuration.
        size: the footing's label of a size; "" or AS_CONFIGURED for its own.
        variant: the parameters varied, `a=1 b=x`; modelled zeros change nothing of a design.

    Raises:
        UserError: an unknown design, size or parameter.
    """
    if size not in ("", AS_CONFIGURED):
        common = footing()
        labels = [common.label(index) for index in range(len(common.multipliers))]
        require_choice("footing", size, labels)
        return common.design(name).build(labels.index(size))
    entry = configuration(name)
    values = {key: parameter.value for key, parameter in entry.parameters.items()}
    texts = overridden(variant).items()
    return entry.build(**{key: _value(text, values.get(key)) for key, text in texts})


def _value(text: str, like: Value | None) -> Value:
    """The value that a variant writes as text, of the kind that the parameter has."""
    if isinstance(like, bool):
        return text == "True"
    return type(like)(text) if isinstance(like, int | float) else text


def on_either_basis(
    make: Callable[[Pricing], pd.DataFrame], pricing: Pricing = JUDGED
) -> pd.DataFrame:
    """A table with its rows on either basis, told apart by a column `basis`; the judged one first.

    Tables that claims are judged from have it, so that every claim shows what the basis does.
    """
    tables = [make(replace(pricing, basis=name)).assign(basis=name) for name in BASES]
    return pd.concat(tables, ignore_index=True)


def event_prices_pj(columns: Iterable[str], basis: EnergyBasis) -> dict[str, dict[str, float]]:
    """For each energy component: the pJ per unit of each column of counts that it takes part in."""
    names = list(columns)
    accesses, actions = traffic_columns(names), action_columns(names)
    table: dict[str, dict[str, float]] = {}
    for column in names:
        if column in accesses:
            charges = basis.of_byte(accesses[column])
        elif column in actions:
            charges = basis.of_action(actions[column])
        else:
            continue
        for charge in charges:
            prices = table.setdefault(charge.component, {})
            prices[column] = prices.get(column, 0.0) + charge.energy_pj
    return table


def _priced(rows: pd.DataFrame, basis: EnergyBasis) -> pd.DataFrame:
    """Energy of the rows of one design by component."""
    numbers = rows.select_dtypes("number")
    counted = numbers.columns[(numbers != 0).any()]
    parts = {
        f"{component}_energy_pj": numbers[list(each)].mul(pd.Series(each)).sum(axis=1)
        for component, each in event_prices_pj(counted, basis).items()
    }
    return pd.DataFrame(parts, index=rows.index)


def add_pricing(parser: argparse.ArgumentParser) -> None:
    """Options --basis and --dram."""
    parser.add_argument("--basis", choices=BASES, default=COMPONENTS)
    parser.add_argument("--dram", choices=DRAM_KINDS, default=LPDDR4)


def priced_command(
    make: Callable[[pd.DataFrame, Pricing], pd.DataFrame], description: str | None
) -> None:
    """Command line of a table that prices event files."""

    def main() -> None:
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("events", type=Path, nargs="+")
        add_pricing(parser)
        parser.add_argument("--output", type=Path, required=True)
        given = parser.parse_args()
        table = make(read_events(given.events), Pricing(given.basis, given.dram))
        write_table(table, given.output)

    run(main)


def nodes_command(
    make: Callable[[pd.DataFrame, list[int], Pricing], pd.DataFrame], description: str | None
) -> None:
    """Command line of a table that prices event files at several technology nodes."""

    def main() -> None:
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("events", type=Path, nargs="+")
        parser.add_argument("--nodes", type=int, nargs="+", required=True)
        add_pricing(parser)
        parser.add_argument("--output", type=Path, required=True)
        given = parser.parse_args()
        pricing = Pricing(given.basis, given.dram)
        write_table(make(read_events(given.events), given.nodes, pricing), given.output)

    run(main)
