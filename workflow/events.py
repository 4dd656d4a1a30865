"""Events as tables: one row per layer, one column per count, the unit in the column's name."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from sim import Accelerator, Events, NetworkTrace, Technology, UserError, simulate
from sim.consistency import check_events
from sim.files import intact, whole_file
from sim.layer import layer_kind
from sim.validation import shown
from workflow.event_checks import LABELS, PLACE, VARIED, check_event_file, check_runs
from workflow.event_columns import (
    action_column,
    action_columns,
    idle_column,
    traffic_column,
    traffic_columns,
)

TEXT = dict.fromkeys([*LABELS, *PLACE, *VARIED], str)
"""Columns of text: a layer may be called 0.10, and a variant may be empty."""


def _columns(events: Events) -> dict[str, float]:
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


def simulate_network(
    trace: NetworkTrace, name: str, accelerator: Accelerator, **labels: str
) -> pd.DataFrame:
    """Run every layer of a trace; rows in layer order, counts are totals over the images.

    `labels` are further columns, after the accelerator's name, with one value for all rows.

    Raises:
        UserError: the model counts something else than the masks say (sim/consistency.py).
    """
    origin = trace.provenance
    rows = [
        {
            "suite": origin.suite,
            "network": origin.network,
            "scheme": origin.scheme,
            "weight_source": origin.weight_source,
            "activation_source": origin.activation_source,
            "accelerator": name,
            **labels,
            "layer": layer.layer.name,
            "layer_kind": layer_kind(layer.layer),
            "images": layer.images,
            **_columns(check_events(name, accelerator, layer, simulate(layer, accelerator))),
        }
        for layer in trace.traces
    ]
    frame = pd.DataFrame(rows)
    numbers = frame.select_dtypes("number").columns
    frame[numbers] = frame[numbers].fillna(0)
    return frame


def write_events(frames: Iterable[pd.DataFrame], path: Path) -> None:
    """Write one event file of several runs, in their order; a count that a model lacks is 0."""
    runs = list(frames)
    columns = list(dict.fromkeys(name for frame in runs for name in frame))
    stacked = pd.concat(
        [frame.reindex(columns=columns, fill_value=0) for frame in runs], ignore_index=True
    )
    with whole_file(path) as temporary:
        stacked.to_csv(temporary, index=False)


def read_events(paths: Iterable[Path]) -> pd.DataFrame:
    """Read event files and stack them; a count that a model does not have is 0.

    Column `variant`, where there is one, is text, empty for a configuration itself.

    Raises:
        UserError: a file is missing, is not a table, or holds what cannot be; or the files hold
            rows of one run that were counted on different zeros (workflow/event_checks.py).
    """
    frames = []
    for path in paths:
        try:
            frame = pd.read_csv(intact(path), keep_default_na=False, na_values=[""], dtype=TEXT)
        except (OSError, ValueError) as error:
            raise UserError(
                f"{path}: not a table of events ({shown(str(error))}); delete and remake"
            ) from error
        check_event_file(path, frame)
        frames.append(frame)
    if not frames:
        raise UserError("no event files given")
    stacked = pd.concat(frames, ignore_index=True).fillna({"variant": ""})
    numbers = stacked.select_dtypes("number").columns
    stacked[numbers] = stacked[numbers].fillna(0)
    check_runs(stacked)
    return stacked


def per_event_energy_pj(
    columns: Iterable[str], technology: Technology
) -> dict[str, dict[str, float]]:
    """For each energy component: the pJ per unit of each column that counts towards it."""
    names = list(columns)
    memories = {column: access.memory for column, access in traffic_columns(names).items()}
    actions = action_columns(names)
    table: dict[str, dict[str, float]] = {}
    for column in names:
        name = memories.get(column) or actions.get(column)
        if name:
            entry = technology.entry(name)
            table.setdefault(entry.component, {})[column] = entry.energy_pj
    return table


def energy_pj(frame: pd.DataFrame, technology: Technology) -> pd.DataFrame:
    """Energy of each row by component: columns `<component>_energy_pj`, same index as `frame`."""
    weights = per_event_energy_pj(frame.columns, technology)
    return pd.DataFrame(
        {
            f"{component}_energy_pj": frame[list(prices)].to_numpy(float)
            @ np.array(list(prices.values()))
            for component, prices in sorted(weights.items())
        },
        index=frame.index,
    )
