"""Every point of the configured sweeps: cycles, bytes and energy per image.

Every point of the sweeps listed in `design_space` of the configuration: each combination of the
`parameter_*` columns, per accelerator, network, scheme and `seed`. A parameter is empty where a
sweep does not vary it. `layers` says what a row sums over. `seed` is that of modelled zeros, or of
data, first weights and training where `weight_source` is measured. Energies are counted events
times table prices; designs of different size stand side by side, so compare
`speedup_over_dense_ideal` (equal multipliers) or look at `cycles_per_image` together with
`multipliers`.

Reads the files of one (sweep, run, seed, accelerator) at a time and keeps their sums, so that
memory does not grow with the layers of all points.
"""

import argparse
import json
from pathlib import Path

import pandas as pd

from workflow.cli import run
from workflow.events import read_events
from workflow.plan.sweeps import PointFolder
from workflow.studies.comparison.networks_table import networks
from workflow.tabling.pricing import JUDGED, Pricing, add_pricing
from workflow.tabling.shared import BY_VIEW, write_table
from workflow.variants import overridden

PARAMETER = "parameter_"
FIRST = ["sweep", "suite", "network", "scheme", "seed"]


def parameters(variants: pd.Series) -> pd.DataFrame:
    """A column `parameter_<name>` for each parameter of `a=1 b=x`, same index."""
    pairs = [overridden(text) for text in variants]
    return pd.DataFrame(pairs, index=variants.index).add_prefix(PARAMETER)


def points(
    events: pd.DataFrame, folder: PointFolder, nodes_nm: list[int], pricing: Pricing = JUDGED
) -> pd.DataFrame:
    """One row per point and view of the layers; parameters and values in the order of the sweep."""
    position = {text: index for index, text in enumerate(events["variant"].unique())}
    table = networks(events, nodes_nm, pricing, [*BY_VIEW, "variant"])
    table = table.iloc[table["variant"].map(position).argsort(kind="stable")]
    table = table.assign(sweep=folder.sweep, seed=folder.seed)
    swept = parameters(table["variant"])
    table = pd.concat([table.drop(columns="variant"), swept], axis="columns")
    head = [*FIRST, *(key for key in BY_VIEW if key not in FIRST), *swept]
    return table[[*head, *(column for column in table if column not in head)]]


def stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """All sweeps in one table; a parameter that a sweep does not vary is empty there."""
    table = pd.concat(parts, ignore_index=True)
    swept = [column for column in table if str(column).startswith(PARAMETER)]
    others = [column for column in table if column not in swept]
    place = others.index("layers") + 1
    return table[[*others[:place], *swept, *others[place:]]]


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", required=True, help="folder of all points")
    parser.add_argument("--plan", required=True, help="JSON: list of PointFolder (plan/sweeps.py)")
    parser.add_argument("--nodes", type=int, nargs="+", required=True)
    add_pricing(parser)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    folders = [PointFolder(**entry) for entry in json.loads(arguments.plan)]
    parts = [
        points(
            read_events(map(Path, folder.files(arguments.points, "csv"))),
            folder,
            arguments.nodes,
            Pricing(arguments.basis, arguments.dram),
        )
        for folder in folders
    ]
    write_table(stacked(parts), arguments.output)


if __name__ == "__main__":
    run(main)
