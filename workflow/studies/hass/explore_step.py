"""Put one network on an FPGA board, with each of the layer-pipelined configurations.

With `--sensitivity`, HASS alone, every assumed parameter varied.
"""

import argparse
from pathlib import Path

import pandas as pd

from sim import read_trace
from workflow.cli import run, settings
from workflow.search.hass.designs import DesignSettings, designs, sensitivity
from workflow.tabling.shared import write_table


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trace", type=Path, required=True)
    parser.add_argument("--settings", default="{}", help="JSON object, see DesignSettings")
    parser.add_argument("--designs", type=Path, help="CSV: a row per design")
    parser.add_argument("--layers", type=Path, help="CSV: a row per layer")
    parser.add_argument("--sensitivity", type=Path, help="CSV: a row per value of a parameter")
    given = parser.parse_args()
    design_settings = settings(DesignSettings, given.settings)
    trace = read_trace(given.trace)
    origin = trace.provenance
    names = ("suite", "network", "scheme", "weight_source", "activation_source")
    keys = {name: getattr(origin, name) for name in names}
    tables = {}
    if given.designs or given.layers:
        tables[given.designs], tables[given.layers] = designs(trace.traces, design_settings)
    if given.sensitivity:
        tables[given.sensitivity] = sensitivity(trace.traces, design_settings)
    for path, rows in tables.items():
        if path:
            write_table(pd.DataFrame([keys | row for row in rows]), path)


if __name__ == "__main__":
    run(main)
