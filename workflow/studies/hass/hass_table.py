"""Layer-pipelined designs on a board: rate, DSPs, efficiency, and what binds them.

One exploration for all designs, which see the same zeros; the dense one skips none, PASS those of
activations. `images_per_second` is the clock over the interval of the slowest layer on average;
`images_per_second_with_waiting` adds the exact waiting of engines and streams for each other, at
the same folding. Every design balances these exact counts; `by_averages` is what balancing averages
leads to. `input_port_images_per_second` is the clock over the padded pixels of the largest input:
no folding passes it. The MobileNets' rate is this bound, and no evidence for sparse engines: zeros
show as fewer DSPs at that rate. Weights of scheme magnitude follow densities published after
fine-tuning, which one-shot thresholds would not reach at equal accuracy.
"""

import pandas as pd

from workflow.tabling.shared import csv_command

CASE = ["suite", "network", "scheme", "platform"]
REFERENCES = {"dataflow_dense": "dense", "pass": "pass"}
"""Configurations that the others are set against, and how a column names them."""


def best(designs: pd.DataFrame) -> pd.DataFrame:
    """The rows with all the DSPs that a design may have."""
    most = designs.groupby(CASE)["dsp_share"].transform("max")
    return designs[designs["dsp_share"] == most].reset_index(drop=True)


def hass(designs: pd.DataFrame) -> pd.DataFrame:
    """One row per network and configuration, with gains over dense dataflow and over PASS."""
    table = best(designs)
    table["images_per_cycle_per_dsp_with_waiting"] = (
        table["images_per_cycle_per_dsp"]
        * table["images_per_second_with_waiting"]
        / table["images_per_second"]
    )
    gains = {
        "speedup": "images_per_second",
        "efficiency": "images_per_cycle_per_dsp",
        "efficiency_with_waiting": "images_per_cycle_per_dsp_with_waiting",
    }
    for reference, name in REFERENCES.items():
        baseline = table[table["accelerator"] == reference].set_index(CASE)
        beside = table[CASE].join(baseline[[*gains.values(), "dsp"]], on=CASE)
        for gain, quantity in gains.items():
            table[f"{gain}_over_{name}"] = table[quantity] / beside[quantity]
        table[f"dsp_relative_to_{name}"] = table["dsp"] / beside["dsp"]
    table["of_input_port_rate"] = table["images_per_second"] / table["input_port_images_per_second"]
    return table


if __name__ == "__main__":
    csv_command(hass, __doc__)
