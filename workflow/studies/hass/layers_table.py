"""Per layer: the interval at the cheapest folding and after balancing, and the hardware it gets.

`interval_with_waiting_cycles` is exact, with engines and streams waiting for each other, and what
the exploration balances; `interval_cycles` is the average at the same folding. Both are per image.
`bound_by` says which of engine, input port and output port sets the interval.
"""

import pandas as pd

from workflow.tabling.shared import csv_command


def hass_layers(layers: pd.DataFrame) -> pd.DataFrame:
    """The layers of all networks, in network order."""
    return layers


if __name__ == "__main__":
    csv_command(hass_layers, __doc__)
