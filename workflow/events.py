"""Events as tables: one row per layer, one column per count, the unit in the column's name."""

from collections import Counter
from collections.abc import Iterable
from os import SEEK_END
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from sim import Accelerator, NetworkTrace, Technology, UserError
from sim.files import intact
from sim.validation import shown
from workflow.event_checks import LABELS, PLACE, VARIED, check_event_files, check_runs
from workflow.event_columns import REFUSED, action_columns, traffic_columns
from workflow.event_digest import DIGEST, check_digest
from workflow.event_rows import Row, network_rows, write_rows

TEXT = dict.fromkeys([*LABELS, *PLACE, *VARIED, REFUSED, DIGEST], str)
"""Columns of text: a layer may be called 0.10, and a variant may be empty."""


def simulate_network(
    trace: NetworkTrace, name: str, accelerator: Accelerator, **labels: str
) -> pd.DataFrame:
    """Run every layer of a trace, as `network_rows` does; a count that a layer lacks is 0."""
    frame = pd.DataFrame(network_rows(trace, name, accelerator, **labels))
    numbers = frame.select_dtypes("number").columns
    frame[numbers] = frame[numbers].fillna(0)
    return frame


def write_events(frames: Iterable[pd.DataFrame], path: Path) -> None:
    """Write one event file of several runs, in their order; a count that a model lacks is 0."""
    write_rows((cast("list[Row]", frame.to_dict("records")) for frame in frames), path)


def read_events(paths: Iterable[Path]) -> pd.DataFrame:
    """Read event files and stack them; a count that a model does not have is 0.

    Column `variant`, where there is one, is text, empty for a configuration itself.

    Raises:
        UserError: a file is missing, given twice, is not a table, or holds what cannot be; or the
            files hold rows of one run that were counted on different zeros
            (workflow/event_checks.py).
    """
    frames: dict[Path, pd.DataFrame] = {}
    for path, times in Counter(paths).items():
        if times > 1:
            raise UserError(
                f"{path} is given twice, which would count its rows double; name it once"
            )
        try:
            _require_last_line(intact(path))
            frame = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=TEXT)
        except (OSError, ValueError) as error:
            raise UserError(
                f"{path}: not a table of events ({shown(str(error))}); delete and remake"
            ) from error
        frames[path] = frame.drop(columns=DIGEST, errors="ignore")
    if not frames:
        raise UserError("no event files given")
    check_event_files(frames)
    for path in frames:
        check_digest(path)
    stacked = pd.concat(frames.values(), ignore_index=True).fillna({"variant": "", REFUSED: ""})
    numbers = stacked.select_dtypes("number").columns
    stacked[numbers] = stacked[numbers].fillna(0)
    check_runs(stacked)
    return stacked


def _require_last_line(path: Path) -> None:
    """A file that was cut within its last number would be read with another one."""
    with path.open("rb") as file:
        file.seek(0, SEEK_END)
        size = file.tell()
        file.seek(max(0, size - 1))
        if size and file.read(1) != b"\n":
            raise UserError(f"{path}: the last line is not whole; delete the file and remake it")


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
