"""What the tables share: sums over layers, and one way to write a table."""

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pandas as pd

from sim import NetworkTrace, read_trace
from sim.files import intact
from workflow.cli import run, whole_file
from workflow.event_columns import REFUSED
from workflow.events import read_events
from workflow.tabling.columns import checked

RUN = ["suite", "network", "scheme", "weight_source", "activation_source"]
BY_DESIGN = [*RUN, "accelerator"]
BY_FOOTING = [*RUN, "footing", "accelerator"]
BY_VIEW = [*RUN, "accelerator", "layers"]
"""What tells the rows of a table apart: design by design, on each footing, in each view."""
VIEWS: dict[str, tuple[str, ...]] = {
    "all": ("conv", "depthwise", "linear"),
    "no_depthwise": ("conv", "linear"),
    "no_linear": ("conv", "depthwise"),
    "conv_only": ("conv",),
}
"""Which kinds of layer a row sums over; papers differ in what they count."""
PRODUCT = "matmul"
NO_PRODUCTS = "no_products"
"""The view of what has weights, in networks with products of activations: all designs run it."""
ENERGY = "energy_pj_per_image"
ENERGIES = [ENERGY, "energy_without_dram_pj_per_image"]


def layer_views(events: pd.DataFrame) -> pd.DataFrame:
    """Every layer row once per view that includes it; column `layers` names the view.

    Networks with products of activations have two views: `no_products`, which every design runs,
    and `all`, only of the designs that refuse none of their layers: a design that leaves layers out
    must not look fast.
    """
    products = with_products(events)
    plain, attention = events[~products], events[products]
    views = [
        plain[plain["layer_kind"].isin(kinds)].assign(layers=view) for view, kinds in VIEWS.items()
    ]
    if len(attention):
        views += [
            attention[~refusing(attention)].assign(layers="all"),
            attention[attention["layer_kind"] != PRODUCT].assign(layers=NO_PRODUCTS),
        ]
    return pd.concat(views, ignore_index=True)


def with_products(events: pd.DataFrame) -> "pd.Series[bool]":
    """For each row whether its network has products of activations."""
    products = events["layer_kind"] == PRODUCT
    if not products.any():
        return products
    return products.groupby([events["suite"], events["network"]]).transform("any")


def refusing(events: pd.DataFrame) -> "pd.Series[bool]":
    """For each row whether its design refuses a layer of the network."""
    if REFUSED not in events:
        return pd.Series(False, index=events.index)
    design = [events["suite"], events["network"], events["accelerator"]]
    return (events[REFUSED] != "").groupby(design).transform("any")


def totals(events: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Sum the counts of all rows with equal keys; `images` and `multipliers` stay as they are."""
    fixed = ["images", "multipliers"]
    counts = [
        column
        for column in events.select_dtypes("number").columns
        if column not in fixed and column not in keys
    ]
    groups = events.groupby(list(keys), sort=True)
    return pd.concat([groups[fixed].first(), groups[counts].sum()], axis="columns").reset_index()


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """CSV with LF line ends and at most ten significant digits: the same bytes everywhere."""
    checked(frame, path.stem)
    with whole_file(path) as temporary:
        frame.to_csv(temporary, index=False, float_format="%.10g", lineterminator="\n")


def files_command(make: Callable[[Sequence[Path]], pd.DataFrame], description: str | None) -> None:
    """Command line of a table that is made from some files and nothing else."""

    def main() -> None:
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("files", type=Path, nargs="+")
        parser.add_argument("--output", type=Path, required=True)
        arguments = parser.parse_args()
        write_table(make(arguments.files), arguments.output)

    run(main)


def events_command(make: Callable[[pd.DataFrame], pd.DataFrame], description: str | None) -> None:
    """Command line of a table that is made from event files alone."""
    files_command(lambda paths: make(read_events(paths)), description)


def traces_command(
    make: Callable[[Iterable[NetworkTrace]], pd.DataFrame], description: str | None
) -> None:
    """Command line of a table that counts in traces, which are read one at a time."""
    files_command(lambda paths: make(map(read_trace, paths)), description)


def stacked(paths: Sequence[Path]) -> pd.DataFrame:
    """The rows of some CSV files, one after the other."""
    frames = [pd.read_csv(intact(path), dtype={"layer": str}) for path in paths]
    return pd.concat(frames, ignore_index=True)


def csv_command(make: Callable[[pd.DataFrame], pd.DataFrame], description: str | None) -> None:
    """Command line of a table that is made from the rows of some CSV files, one after the other."""
    files_command(lambda paths: make(stacked(paths)), description)
