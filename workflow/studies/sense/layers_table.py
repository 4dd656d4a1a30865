"""DRAM bytes per image of every layer, by operand: Sense, the Swallow-like array and Eyeriss.

All run at 16 bits and write the map before pooling, as the measured tables of Eyeriss (IEEE JSSC
2017) count it, at one image and at one batch for all. The rows `eyeriss_chip` are those measured
tables.
"""

import pandas as pd

from workflow.tabling.shared import csv_command

CHIP = "eyeriss_chip"


def sense_layers(layers: pd.DataFrame) -> pd.DataFrame:
    """The rows of all networks, in the order of the runs."""
    return layers


if __name__ == "__main__":
    csv_command(sense_layers, __doc__)
