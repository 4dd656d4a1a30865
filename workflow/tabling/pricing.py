"""Energy of event tables on a basis that knows which design a row belongs to.

`workflow.events.energy_pj` prices a table by one list of entries, the same for every design. Here
each design has its own prices, so that a byte of its buffer costs what a buffer of that size does.
"""

from collections.abc import Iterable, Mapping
from typing import cast

import pandas as pd

from sim.components import EnergyBasis, energy_basis
from sim.components.basis import LPDDR4
from sim.errors import UserError
from sim.events import Access
from sim.registry import accelerator
from workflow.events import ACTION, TRAFFIC


def configured_bases(
    names: Iterable[str], basis: str, node_nm: int, dram: str = LPDDR4
) -> dict[str, EnergyBasis]:
    """The basis ("mixed" or "components") of configurations by name, with their own parameters."""
    return {name: energy_basis(basis, accelerator(name), node_nm, dram=dram) for name in names}


def event_prices_pj(columns: Iterable[str], basis: EnergyBasis) -> dict[str, dict[str, float]]:
    """For each energy component: the pJ per unit of each column of counts that it takes part in."""
    table: dict[str, dict[str, float]] = {}
    for column in columns:
        if match := TRAFFIC.match(column):
            access = Access(*cast("tuple[str, str, str]", match.groups()))  # type: ignore[arg-type]
            charges = basis.of_byte(access)
        elif column.startswith(ACTION):
            charges = basis.of_action(column.removeprefix(ACTION))
        else:
            continue
        for charge in charges:
            prices = table.setdefault(charge.component, {})
            prices[column] = prices.get(column, 0.0) + charge.energy_pj
    return table


def designs_energy_pj(frame: pd.DataFrame, bases: Mapping[str, EnergyBasis]) -> pd.DataFrame:
    """Energy of each row by component: columns `<component>_energy_pj`, same index as `frame`.

    Args:
        frame: events, one row per layer or sum of layers, with a column `accelerator`.
        bases: prices of each accelerator in it.

    Raises:
        UserError: an accelerator without prices, or a count that its prices do not cover.
    """
    priced = []
    for name, rows in frame.groupby("accelerator", sort=False):
        if name not in bases:
            raise UserError(f"no energy basis for {name!r}; there is: {', '.join(bases)}")
        numbers = rows.select_dtypes("number")
        counted = numbers.columns[(numbers != 0).any()]
        prices = event_prices_pj(counted, bases[str(name)])
        parts = {
            f"{component}_energy_pj": numbers[list(each)].mul(pd.Series(each)).sum(axis=1)
            for component, each in prices.items()
        }
        priced.append(pd.DataFrame(parts, index=rows.index))
    energies = pd.concat(priced).reindex(frame.index).fillna(0.0)
    return energies[sorted(energies.columns)]
