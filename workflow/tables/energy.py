"""Energy per image by component, for every network, scheme and accelerator, at each node."""

import argparse
from pathlib import Path

import pandas as pd

from workflow.cli import run
from workflow.events import read_events
from workflow.tables.shared import RUN, energy_per_image_pj, layer_views, totals, write_table

KEYS = [*RUN, "accelerator", "layers"]


def energy(events: pd.DataFrame, nodes_nm: list[int]) -> pd.DataFrame:
    """One row per run, accelerator, view and node; one column per component, in pJ."""
    total = totals(layer_views(events), KEYS)
    tables = []
    for node in nodes_nm:
        components = energy_per_image_pj(total, node)
        rows = total[KEYS].assign(node_nm=node)
        rows["energy_pj_per_image"] = components.sum(axis=1)
        tables.append(rows.join(components.add_suffix("_per_image")))
    return pd.concat(tables, ignore_index=True)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", type=Path, nargs="+")
    parser.add_argument("--nodes", type=int, nargs="+", required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    write_table(energy(read_events(arguments.events), arguments.nodes), arguments.output)


if __name__ == "__main__":
    run(main)
