"""How far a number may lie from the reference, as tolerances.yaml beside this module says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray

from sim.declared import data_file

TOLERANCES = data_file("workflow/maintenance/tolerances.yaml")
NOTHING = "none"
"""Stands for the pattern of a column that none matches."""


@dataclass(frozen=True)
class Tolerance:
    """A number may differ by `absolute + relative * |reference|`.

    Attributes:
        absolute: in the unit of the column.
        relative: a share of the reference's value.
        ignored: the column is not compared at all.
    """

    absolute: float = 0.0
    relative: float = 0.0
    ignored: bool = False

    def room(self, reference: pd.Series) -> pd.Series:
        """What each cell of a column may differ by."""
        return self.absolute + self.relative * reference.abs()


@dataclass(frozen=True)
class TableRules:
    """How one table is compared.

    Attributes:
        columns: column pattern -> tolerance; the first that matches a column holds for it, and a
            column that none matches must be equal.
        rows_by: columns that identify a row, where its place follows from its numbers.
        distinct: all that is compared are the different values of these columns, where the rows
            themselves are what a search came upon.
        beyond_percent: so many of the table's cells may lie beyond their tolerance.
    """

    columns: Mapping[str, Tolerance]
    rows_by: tuple[str, ...] = ()
    distinct: tuple[str, ...] = ()
    beyond_percent: float = 0.0

    def pattern(self, column: str) -> str:
        """The first pattern that matches the column."""
        return next((pattern for pattern in self.columns if fnmatch(column, pattern)), NOTHING)

    def tolerance(self, column: str) -> Tolerance:
        """What holds for the column."""
        return self.columns.get(self.pattern(column), Tolerance())

    def compared(self, columns: pd.Index) -> list[str]:
        """The columns that are compared at all."""
        return [name for name in columns if not self.tolerance(name).ignored]

    def rows(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows that are compared, in an order that both tables have."""
        if self.distinct:
            table = table[list(self.distinct)].drop_duplicates()
        by = list(self.distinct or self.rows_by)
        return (table.sort_values(by) if by else table).reset_index(drop=True)


@dataclass(frozen=True)
class Tolerances:
    """Tolerances of every table.

    Attributes:
        columns: those of all tables.
        tables: table -> what is its own.
    """

    columns: Mapping[str, Tolerance]
    tables: Mapping[str, TableRules] = field(default_factory=dict)

    def of(self, table: str) -> TableRules:
        """A table's own rules, those of all tables after them."""
        return self.tables.get(table, TableRules(self.columns))


def tolerances(path: Path = TOLERANCES) -> Tolerances:
    """Read them from their file."""
    stated = yaml.safe_load(path.read_text())
    columns = _columns(stated["columns"])
    tables = {name: _rules(rules, columns) for name, rules in stated["tables"].items()}
    return Tolerances(columns, tables)


def _columns(stated: Mapping[str, Mapping[str, Any]]) -> dict[str, Tolerance]:
    return {pattern: Tolerance(**rule) for pattern, rule in stated.items()}


def _rules(stated: Mapping[str, Any], of_all: Mapping[str, Tolerance]) -> TableRules:
    """A table's rules; a pattern that all tables have is the table's own where it states it."""
    first = _columns(stated.get("columns", {}))
    return TableRules(
        {**first, **{pattern: of_all[pattern] for pattern in of_all if pattern not in first}},
        rows_by=tuple(stated.get("rows_by", ())),
        distinct=tuple(stated.get("distinct", ())),
        beyond_percent=stated.get("beyond_percent", 0.0),
    )


def numeric(*columns: pd.Series) -> bool:
    """Whether all columns hold numbers, or yes and no."""
    return all(map(pd.api.types.is_numeric_dtype, columns))


def changes(new: pd.Series, old: pd.Series) -> pd.Series:
    """By how much each cell of a column differs.

    Returns:
        0 where both are equal or empty. Text, and a number against an empty cell, differ by
        infinity.
    """
    if numeric(new, old):
        new, old = new.astype(float), old.astype(float)
        same = (new == old) | (new.isna() & old.isna())
        return (new - old).abs().fillna(np.inf).where(~same, 0.0)
    return pd.Series(np.where(_text(new) == _text(old), 0.0, np.inf))


def shares(new: pd.Series, old: pd.Series, allowed: Tolerance) -> NDArray[np.float64]:
    """How much of its tolerance each cell of a column uses up.

    Returns:
        (rows,) 0 where both are equal or empty, above 1 beyond the tolerance, which text lacks.
    """
    change = changes(new, old)
    if not numeric(new, old):
        return change.to_numpy(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (change / allowed.room(old.astype(float))).where(change > 0, 0.0)
    return share.fillna(np.inf).to_numpy(np.float64)


def _text(column: pd.Series) -> pd.Series:
    """Cells as text, an empty cell as nothing: NaN never equals itself."""
    return column.astype(object).where(column.notna(), "").astype(str)
