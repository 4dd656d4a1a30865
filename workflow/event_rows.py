"""Events as rows of a CSV file, a row per layer: what writes them needs no pandas to start.

Event tables are read by workflow/events.py.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from sim import Accelerator, Events, LayerTrace, NetworkTrace, Provenance
from sim.accelerator import refusal, simulate_once
from sim.consistency import check_events
from sim.files import whole_file
from sim.layer import layer_kind
from sim.masks.sharing import sharing
from workflow.event_columns import REFUSED, action_column, idle_column, traffic_column
from workflow.event_digest import with_digest

Row = dict[str, str | int | float]


@dataclass(frozen=True)
class DesignRun:
    """A design that runs a trace.

    Attributes:
        name: of the accelerator.
        accelerator: the design.
        labels: further columns, after the name, with one value for all rows.
    """

    name: str
    accelerator: Accelerator
    labels: Mapping[str, str]


def network_rows(
    trace: NetworkTrace, name: str, accelerator: Accelerator, **labels: str
) -> list[Row]:
    """Run every layer of a trace on one design: `rows_of_runs` of this run alone."""
    return rows_of_runs(trace, [DesignRun(name, accelerator, labels)])[0]


def rows_of_runs(trace: NetworkTrace, runs: Sequence[DesignRun]) -> list[list[Row]]:
    """Run every layer of a trace on some designs, which share what several count of a layer.

    Of each run rows in layer order, counts are totals over the images. Where a network has products
    of activations, column `refused` says why the design does not run a layer; such a row counts
    nothing but the layer's multiplications, in `refused_macs`.

    Raises:
        UserError: the model counts something else than the masks say (sim/consistency.py).
    """
    rows: list[list[Row]] = [[] for _ in runs]
    products = any(layer.layer.is_product for layer in trace.traces)
    for layer in trace.traces:
        with sharing() if len(runs) > 1 else nullcontext():
            for run, made in zip(runs, rows, strict=True):
                made.append(_row(trace.provenance, run, layer, with_refusals=products))
    return rows


def _row(origin: Provenance, run: DesignRun, layer: LayerTrace, with_refusals: bool) -> Row:
    return {
        "suite": origin.suite,
        "network": origin.network,
        "scheme": origin.scheme,
        "weight_source": origin.weight_source,
        "activation_source": origin.activation_source,
        "accelerator": run.name,
        **run.labels,
        "layer": layer.layer.name,
        "layer_kind": layer_kind(layer.layer),
        "images": layer.images,
        **_layer_counts(run.name, run.accelerator, layer, with_refusals),
    }


def _layer_counts(
    name: str, accelerator: Accelerator, layer: LayerTrace, with_refusals: bool
) -> Row:
    """What a layer costs; nothing but its multiplications if the design refuses it."""
    reason = refusal(layer.layer, accelerator)
    if reason:
        events = Events(0, 0, 0, accelerator.multipliers)
    else:
        events = check_events(name, accelerator, layer, simulate_once(layer, accelerator))
    row: Row = {**_counts(events)}
    if with_refusals:
        row |= {REFUSED: reason, "refused_macs": layer.dense_macs if reason else 0}
    return row


def _counts(events: Events) -> dict[str, float]:
    row: dict[str, float] = {
        "cycles": events.cycles,
        "dense_macs": events.dense_macs,
        "effectual_macs": events.effectual_macs,
        "multipliers": events.multipliers,
    }
    for cause, count in events.idle_multiplier_cycles.items():
        row[idle_column(cause)] = count
    for access, count in events.traffic_bytes.items():
        row[traffic_column(access)] = count
    for name, amount in events.actions.items():
        row[action_column(name)] = amount
    return row


def write_rows(runs: Iterable[Sequence[Row]], path: Path) -> None:
    """Write one event file of several runs, in their order; a count that a row lacks is 0.

    A column is written with a decimal point if any of its numbers has one, or if some rows of a
    run lack it and others do not. The last column is the digest of the others.
    """
    kept = [list(run) for run in runs]
    columns = list(dict.fromkeys(name for run in kept for row in run for name in row))
    real = {name for name in columns for run in kept if _is_real(run, name)}
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        lines: list[Sequence[object]] = [columns]
        for row in (row for run in kept for row in run):
            values = ((name, row.get(name, 0)) for name in columns)
            lines.append([float(value) if name in real else value for name, value in values])
        csv.writer(file, lineterminator="\n").writerows(with_digest(lines))


def _is_real(run: Sequence[Row], name: str) -> bool:
    values = [row[name] for row in run if name in row]
    return any(isinstance(value, float) for value in values) or 0 < len(values) < len(run)
