"""Checks of event tables: what a table is made from must be whole, typed and possible."""

from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import get_args

import pandas as pd

from sim import UserError
from sim.layer import Kind
from sim.network_trace import Source
from sim.validation import described, shown
from workflow.event_columns import REFUSED, idle_columns, traffic_columns
from workflow.variants import zeros_setting

LABELS = ["suite", "network", "scheme", "weight_source", "activation_source", "accelerator"]
SOURCES = ["weight_source", "activation_source"]
OF_RUN = ["images", *SOURCES]
"""What all layers of a run have alike."""
PLACE = ["layer", "layer_kind"]
COUNTS = ["images", "cycles", "dense_macs", "effectual_macs", "multipliers"]
VARIED = ["variant", "footing"]
"""Columns that tell runs of one accelerator apart, where a file has them."""
RUN = ["suite", "network", "scheme"]
KNOWN = {
    **dict.fromkeys(SOURCES, get_args(Source)),
    "layer_kind": (*get_args(Kind), "depthwise"),
}
"""What columns of text may hold."""
CURE = "delete the file and make it again"


def check_event_files(frames: Mapping[Path, pd.DataFrame]) -> None:
    """Refuse files of events, as `check_event_file` does, all of the same columns at once.

    A table reads hundreds of files of some ten rows, and pandas takes as long for ten as for
    thousands. Files that do not pass together are looked at one by one: rows of two files may
    repeat each other.

    Raises:
        UserError: names the file, the row and the column.
    """
    alike: dict[tuple[str, ...], list[Path]] = {}
    for path, frame in frames.items():
        alike.setdefault(tuple(map(str, frame)), []).append(path)
    for paths in alike.values():
        parts = [frames[path] for path in paths]
        if not any(part.empty for part in parts):  # which would not be seen among others
            try:
                check_event_file(paths[0], pd.concat(parts, ignore_index=True))
                continue
            except UserError:
                pass  # told below, of the file that it is about
        for path in paths:
            check_event_file(path, frames[path])


def check_event_file(path: Path, frame: pd.DataFrame) -> None:
    """Refuse a file of events with missing columns, blank cells, or impossible or doubled rows.

    Raises:
        UserError: names the file, the row (its line in the file) and the column.
    """
    missing = [name for name in (*LABELS, *PLACE, *COUNTS) if name not in frame]
    if missing:
        raise UserError(f"{path}: no column {missing[0]!r}; not a table of events; {CURE}")
    # pandas calls the second of two equal columns `<name>.1`
    twice = [name for name in map(str, frame) if name.rpartition(".")[0] in frame]
    if twice:
        name = described(twice[0].rpartition(".")[0])
        raise UserError(f"{path}: column {name} stands twice; {CURE}")
    if frame.empty:
        raise UserError(f"{path}: holds no row; {CURE}")
    _refuse_cells(path, frame[[*LABELS, *PLACE]].isna(), "is blank")
    for name, values in KNOWN.items():
        wrong = ~frame[name].isin(values)
        _refuse(path, wrong, f"column {name!r} is none of {', '.join(values)}")
    counts = _numbers(frame.drop(columns=[*LABELS, *PLACE, *VARIED, REFUSED], errors="ignore"))
    possible = (counts >= 0) & (counts < inf)
    _refuse_cells(path, ~possible, "holds no finite number of at least 0")
    whole = [*COUNTS, *traffic_columns(counts.columns)]
    _refuse_cells(path, counts[whole] % 1 != 0, "is no whole number")
    _refuse(path, counts["images"] < 1, "no image")
    too_many = counts["effectual_macs"] > counts["dense_macs"]
    _refuse(path, too_many, "more effectual multiplications than dense ones")
    idle = counts[list(idle_columns(counts.columns))].sum(axis=1)
    slots = counts["multipliers"] * counts["cycles"] - counts["effectual_macs"]
    _refuse(path, idle != slots, "idle causes do not add up to all multiplier-cycles")
    run = [*RUN, "accelerator", *(name for name in VARIED if name in frame)]
    _refuse(path, frame.duplicated([*run, "layer"]), "the row repeats an earlier one")
    of_runs = frame[[*run, *OF_RUN]].drop_duplicates()
    again = frame.index.isin(of_runs.index[of_runs.duplicated(run)])
    _refuse(path, pd.Series(again), f"another of {', '.join(OF_RUN)} than the same run has above")


def _numbers(counts: pd.DataFrame) -> pd.DataFrame:
    """The same columns; where one was read as text, what is no number is missing."""
    counts = counts.copy()
    for name in counts.select_dtypes(exclude="number"):
        counts[name] = pd.to_numeric(counts[name], errors="coerce")
    return counts


def _refuse_cells(path: Path, wrong: pd.DataFrame, what: str) -> None:
    # one look at all cells: a table reads hundreds of files with some fifty columns each
    if wrong.to_numpy().any():
        name = wrong.any().idxmax()
        _refuse(path, wrong[name], f"column {described(name)} {what}")


def _refuse(path: Path, wrong: "pd.Series[bool]", what: str) -> None:
    if wrong.any():
        line = int(wrong.to_numpy().argmax()) + 2  # the header is line 1
        raise UserError(f"{path}, line {line}: {what}; {CURE}")


def check_runs(events: pd.DataFrame) -> None:
    """Refuse rows of one run that different accelerators count on different masks or layers.

    The dense multiplications of a layer are the same for all, and so are the effectual ones, but
    for scheme blockwise, where a design may take further blocks as zero. Variants of modelled zeros
    are runs of their own.

    Raises:
        UserError: names the run, and the layer or the accelerator that differs.
    """
    for run, rows in events.groupby([events[key] for key in RUN] + [_zeros(events)], sort=False):
        name = shown("/".join(str(part) for part in run if part))
        counts = ["dense_macs"] if run[2] == "blockwise" else ["dense_macs", "effectual_macs"]
        computed = rows[rows[REFUSED] == ""] if REFUSED in rows else rows
        images = computed["images"]
        for count in counts:
            kinds = (computed[count] / images).groupby(computed["layer"], sort=False).nunique()
            if (kinds > 1).any():
                layer = shown(str(kinds.idxmax()))
                raise UserError(
                    f"events of {name}: {count} of layer {layer} differ between "
                    "accelerators; they ran on different zeros; delete these events and run again"
                )
        for column in (*SOURCES, "layer_kind"):
            _check_same(name, rows, column)
        _check_layers(name, rows)


def _check_same(name: str, rows: pd.DataFrame, column: str) -> None:
    """Refuse a layer of which accelerators say that its zeros, or it, are of different kinds."""
    kinds = rows.groupby("layer", sort=False)[column].nunique()
    if (kinds > 1).any():
        layer = shown(str(kinds.idxmax()))
        raise UserError(
            f"events of {name}: {column} of layer {layer} differs between accelerators; "
            "delete these events and run again"
        )


def _zeros(events: pd.DataFrame) -> "pd.Series[str]":
    """The setting that the zeros of each row were modelled with; empty for the run's own."""
    if "variant" not in events:
        return pd.Series("", index=events.index)
    return zeros_setting(events["variant"])


def _check_layers(name: str, rows: pd.DataFrame) -> None:
    # files of designs as configured name no footing: a blank cell is no text until it is filled
    designs = rows["accelerator"].fillna("").astype(str)
    for key in VARIED:
        if key in rows:
            designs = designs + " " + rows[key].fillna("").astype(str)
    layers = rows.groupby(designs, sort=False)["layer"].nunique()
    expected = rows["layer"].nunique()
    if (layers < expected).any():
        design = shown(str(layers.idxmin()).strip())
        raise UserError(
            f"events of {name}: {design} has {layers.min()} of {expected} layers; "
            "delete its events and run again"
        )
