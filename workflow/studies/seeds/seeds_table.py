"""Mean and spread of accuracies, densities, speedups and energies over several seeds.

A row is a quantity of one run: its mean over so many `seeds`, the standard deviation of a sample
(over n - 1), the smallest and the largest value. A seed is that of the data, first weights,
training and pruning of a network that is trained here, and that of modelled zeros otherwise.
`quantity` is the column's name in the tables of single values; points of top-1 are lost against the
dense network of the same seed. Densities are those of all weights, and of all values that the
layers read. Speedup and energy are of one `accelerator`, without fully connected layers (`layers`);
of networks with attention, without its products.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from sim import NetworkTrace, read_trace
from workflow.cli import run
from workflow.events import read_events
from workflow.plan.sections.seeds import SeededRun
from workflow.studies.accuracy.accuracy_table import accuracy
from workflow.studies.comparison.networks_table import networks
from workflow.tabling.pricing import JUDGED, Pricing, add_pricing
from workflow.tabling.shared import NO_PRODUCTS, write_table

NO_DESIGN = "-"
"""In place of an accelerator where a quantity is of the network alone."""
WHOLE = "all"
"""Layers over which densities and accuracies are counted."""
GAINING = ("no_linear", NO_PRODUCTS)
"""Over which accelerators gain; the second in networks with products of activations."""
KEYS = ["suite", "network", "scheme", "accelerator", "layers", "quantity"]
TOP1, LOST = "top1_int8_percent", "drop_from_dense_points"
SPEEDUP = "speedup_over_dense_ideal"


def spread(values: pd.DataFrame) -> pd.DataFrame:
    """The statistics of each quantity over the seeds, in the order of the quantities.

    Args:
        values: KEYS and `value`, one row per seed.
    """
    groups = values.groupby(KEYS, sort=False)["value"]
    statistics = {
        "seeds": groups.count(),
        "mean": groups.mean(),
        "standard_deviation": groups.std(),
        "smallest": groups.min(),
        "largest": groups.max(),
    }
    return pd.DataFrame(statistics).reset_index()


def seeds(runs: Sequence[SeededRun], node_nm: int, pricing: Pricing = JUDGED) -> pd.DataFrame:
    """One row per run and quantity, the runs in their order.

    Args:
        runs: the files of every run under every seed.
        node_nm: technology node of the energies.
        pricing: of the energies.
    """
    parts = [*_accuracies(runs)]
    for entry in runs:
        parts.append(_densities(read_trace(Path(entry.trace))))
        if entry.events:
            parts.append(_gains(map(Path, entry.events), node_nm, pricing))
    values = pd.concat(parts, ignore_index=True)
    run_keys = KEYS[:3]
    order = {key: place for place, key in enumerate(_keys(values, run_keys))}
    places = pd.Series(_keys(values, run_keys), index=values.index).map(order)
    return spread(values.iloc[places.argsort(kind="stable")])


def _keys(values: pd.DataFrame, columns: list[str]) -> list[tuple[str, ...]]:
    return list(values[columns].itertuples(index=False, name=None))


def _accuracies(runs: Sequence[SeededRun]) -> Iterator[pd.DataFrame]:
    """Top-1 of trained networks, and what pruning loses of that seed's dense network."""
    for seed in dict.fromkeys(entry.seed for entry in runs):
        files = [Path(e.metrics) for e in runs if e.seed == seed and e.metrics is not None]
        if files:
            table = accuracy(files)
            pruned = table["scheme"] != "dense"
            table[LOST] = table[LOST].where(pruned)
            yield _long(table, NO_DESIGN, WHOLE, [TOP1, LOST])


def _densities(trace: NetworkTrace) -> pd.DataFrame:
    """Shares of nonzero weights and activations of a whole network."""
    origin = trace.provenance
    weights = [layer.weight for layer in trace.traces if not layer.layer.is_product]
    maps = [layer.activation for layer in trace.traces]
    row = {"suite": origin.suite, "network": origin.network, "scheme": origin.scheme}
    shares = {
        f"{name}_density": sum(int(mask.sum()) for mask in masks) / sum(mask.size for mask in masks)
        for name, masks in (("weight", weights), ("activation", maps))
    }
    return _long(pd.DataFrame([row | shares]), NO_DESIGN, WHOLE, list(shares))


def _gains(events: Iterable[Path], node_nm: int, pricing: Pricing) -> pd.DataFrame:
    """Speedup and energy per image of each accelerator on one run."""
    table = networks(read_events(events), [node_nm], pricing)
    table = table[table["layers"].isin(GAINING)]
    energies = [name for name in map(str, table) if name.endswith(f"_{node_nm}nm_pj_per_image")]
    parts = [
        _long(rows, str(name), str(layers), [SPEEDUP, *energies])
        for (name, layers), rows in table.groupby(["accelerator", "layers"], sort=False)
    ]
    return pd.concat(parts)


def _long(table: pd.DataFrame, design: str, layers: str, quantities: Sequence[str]) -> pd.DataFrame:
    """A row per quantity that has a value."""
    rows = table.assign(accelerator=design, layers=layers).melt(
        KEYS[:-1], list(quantities), "quantity", "value"
    )
    return rows.dropna(subset=["value"])


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", required=True, help="JSON: SeededRun (plan/sections/seeds.py)")
    parser.add_argument("--node", type=int, required=True, help="nm")
    add_pricing(parser)
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    runs = [SeededRun(**entry) for entry in json.loads(given.runs)]
    write_table(seeds(runs, given.node, Pricing(given.basis, given.dram)), given.output)


if __name__ == "__main__":
    run(main)
