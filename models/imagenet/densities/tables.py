"""Published densities of weights and input activations, read from the CSV files beside this module.

Density is the fraction of values that are not zero. Every row says where it was read. Status
`published` is a number that stands in its source for this layer, or for the layer of the same
position in another variant of the network (the note says so); `derived` follows from published
numbers by an arithmetic that the note states.
"""

import csv
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

from models.networks import networks
from sim.declared import data_files
from sim.errors import UserError
from sim.validation import unknown

COLUMNS = (
    "network",
    "layer",
    "tensor",
    "table",
    "density",
    "status",
    "published_layer",
    "source",
    "note",
)

Operand = Literal["weight", "activation"]
Status = Literal["published", "derived", "measured", "rule"]


@dataclass(frozen=True)
class Density:
    """The density of one operand of one layer, and where it comes from."""

    layer: str
    operand: Operand
    value: float
    status: Status
    source: str


@dataclass(frozen=True)
class LayerDensities:
    """The densities that one layer is aimed at, with their sources.

    A product of activations has its second operand as weights.
    """

    weight: Density
    activation: Density


@dataclass(frozen=True)
class DensityRow:
    """One line of a table file."""

    network: str
    table: str
    density: Density


def read_table(path: Path) -> tuple[DensityRow, ...]:
    """Read one file of densities; a user's own file has the same columns.

    Raises:
        UserError: no such file, a column is missing, a row names an unknown operand or status,
            or a density is not a number in [0, 1].
    """
    if not path.is_file():
        raise UserError(f"{path}: no such table of densities; expected a CSV file")
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise UserError(f"{path}: lacks the columns {', '.join(missing)}")
            return tuple(_row(f"{path}, line {reader.line_num}", record) for record in reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path}: not a CSV text file ({error})") from error


def _row(where: str, record: Mapping[str, str | None]) -> DensityRow:
    fields = {name: record[name] or "" for name in COLUMNS}
    operand, status = fields["tensor"], fields["status"]
    if operand not in get_args(Operand):
        raise UserError(f"{where}: tensor is {operand!r}; expected weight or activation")
    if status not in ("published", "derived", "measured"):
        raise UserError(f"{where}: status is {status!r}; expected published, derived or measured")
    if not fields["source"]:
        raise UserError(f"{where}: no source; a density without one is not used")
    value = checked_density(f"{where}: density", fields["density"])
    source = fields["source"] + (f" ({fields['note']})" if fields["note"] else "")
    density = Density(fields["layer"], cast(Operand, operand), value, cast(Status, status), source)
    return DensityRow(fields["network"], fields["table"], density)


def checked_density(what: str, value: str | float) -> float:
    """The value as a density.

    Raises:
        UserError: not a number in [0, 1].
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number <= 1:
        raise UserError(f"{what} is {value!r}; expected a number in [0, 1], 1 = no zeros")
    return number


@cache  # every layer of a network looks its density up
def published_rows() -> tuple[DensityRow, ...]:
    """All rows that come with the project."""
    return tuple(
        row for path in data_files("models/imagenet/densities/*.csv") for row in read_table(path)
    )


def published_densities(
    network: str,
    operand: Operand,
    table: str | None = None,
    rows: Iterable[DensityRow] | None = None,
) -> dict[str, Density]:
    """The published densities of one operand, by layer; layers without a row are absent.

    Where a table has several rows for one layer (groups of a grouped convolution that are all of
    one size), their mean stands for it.

    Args:
        network: its name; a network that no table has gives an empty result.
        operand: weights or input activations.
        table: name of a table of that network; None = the default one.
        rows: rows of a user's file; None = those that come with the project.

    Raises:
        UserError: no such table of that network.
    """
    matching = [
        row
        for row in (published_rows() if rows is None else rows)
        if row.network == network and row.density.operand == operand
    ]
    tables = {row.table for row in matching}
    if table is not None and table not in tables:
        raise unknown(f"table of {operand} densities of {network}", table, tables)
    chosen_table = table or _default_table(network, operand)
    if len(tables) == 1:
        chosen_table = tables.pop()
    by_layer: dict[str, list[Density]] = {}
    for row in matching:
        if row.table == chosen_table:
            by_layer.setdefault(row.density.layer, []).append(row.density)
    return {layer: _mean(parts) for layer, parts in by_layer.items()}


def _default_table(network: str, operand: Operand) -> str | None:
    """The table that a network's record names; None where it names none, or nobody knows it."""
    record = networks().get(network)
    if record is None:
        return None
    return record.weight_table if operand == "weight" else record.activation_table


def _mean(parts: list[Density]) -> Density:
    first = parts[0]
    value = sum(part.value for part in parts) / len(parts)
    return Density(first.layer, first.operand, round(value, 6), first.status, first.source)


def require_all(
    network: str, operand: Operand, layers: Collection[str], densities: Mapping[str, Density]
) -> None:
    """Raise UserError naming the layers that have no density."""
    missing = [layer for layer in layers if layer not in densities]
    if missing:
        raise UserError(
            f"{network}: no {operand} density for {len(missing)} of {len(layers)} layers: "
            f"{', '.join(missing[:8])}{' ...' if len(missing) > 8 else ''}; "
            "add the rows, or allow densities by rule"
        )
