"""Where the zeros are: densities and bounds of every layer of every trace."""

import argparse
from pathlib import Path

import pandas as pd

from sim import NetworkTrace, read_trace
from workflow.cli import run
from workflow.events import layer_kind
from workflow.tables.shared import write_table


def densities(trace: NetworkTrace) -> pd.DataFrame:
    """One row per layer; density is the fraction of values that are not zero."""
    origin = trace.provenance
    return pd.DataFrame(
        {
            "suite": origin.suite,
            "network": origin.network,
            "scheme": origin.scheme,
            "layer": entry.layer.name,
            "layer_kind": layer_kind(entry.layer),
            "weight_density": entry.weight_density,
            "activation_density": entry.activation_density,
            "weight_bound_of_8": entry.weight_bound,
            "activation_bound_of_8": entry.activation_bound,
            "dense_macs_per_image": entry.layer.dense_macs,
            "images": entry.images,
            "weight_source": origin.weight_source,
            "activation_source": origin.activation_source,
            "data": origin.data,
        }
        for entry in trace.traces
    )


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("traces", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    frames = [densities(read_trace(path)) for path in arguments.traces]
    write_table(pd.concat(frames, ignore_index=True), arguments.output)


if __name__ == "__main__":
    run(main)
