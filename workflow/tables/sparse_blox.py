"""Sparse-Blox against the same hardware without a zero map: cycles, energy and bytes.

Both sides run the same trace, the zeros of the network's own block maps among them. Each pair of
configurations is compared as it stands and, with `--sensitivity`, at every value that a parameter
is swept over, set on both sides alike where both have it.
"""

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from sim import NetworkTrace, accelerator, read_trace
from sim.registry import Value, configuration
from workflow.cli import run
from workflow.events import simulate_network
from workflow.tables.shared import write_table
from workflow.tables.versus import CASE, GAINS, costs, versus

NODE_NM = 16
BASELINES = {
    "sparse_blox": "sparse_blox_dense",
    "sparse_blox_vector": "sparse_blox_vector_dense",
}
KEYS = [*CASE, "scheme"]
COLUMNS = [*KEYS, "accelerator", "parameter", "value", *GAINS, "two_sided_bound"]
COSTS = [
    f"{quantity}{side}"
    for quantity in ("cycles_per_image", "energy_pj_per_image", "dram_bytes_per_image")
    for side in ("", "_of_baseline")
]


def gains(
    trace: NetworkTrace, subject: str, overrides: Mapping[str, Value] | None = None
) -> pd.DataFrame:
    """One row per view of the layers; every gain is baseline over subject."""
    chosen = dict(overrides or {})

    def side(name: str) -> pd.DataFrame:
        own = {k: v for k, v in chosen.items() if k in configuration(name).parameters}
        return costs(simulate_network(trace, name, accelerator(name, **own)), NODE_NM)

    table = versus(side(subject), side(BASELINES[subject]), on=CASE)
    parameter, value = next(iter(chosen.items()), ("", ""))
    return table.assign(parameter=parameter, value=str(value))[[*COLUMNS, *COSTS]]


def sensitivity(trace: NetworkTrace) -> pd.DataFrame:
    """The gains of both designs as configured and at every value swept, one at a time."""
    return pd.concat(
        [
            gains(trace, subject, overrides)
            for subject in BASELINES
            for overrides in ({}, *_swept(subject))
        ],
        ignore_index=True,
    )


def _swept(name: str) -> Iterable[dict[str, Value]]:
    for key, parameter in configuration(name).parameters.items():
        for value in parameter.sweep:
            if value != parameter.value:
                yield {key: value}


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("traces", type=Path, nargs="+")
    parser.add_argument("--sensitivity", action="store_true")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    tables = []
    for trace in map(read_trace, arguments.traces):
        if arguments.sensitivity:
            tables.append(sensitivity(trace))
        else:
            tables += [gains(trace, subject) for subject in BASELINES]
    frame = pd.concat(tables, ignore_index=True)
    if not arguments.sensitivity:
        frame = frame.drop(columns=["parameter", "value"])
    write_table(frame, arguments.output)


if __name__ == "__main__":
    run(main)
