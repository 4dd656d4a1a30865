"""What HASS's assumed parameters do to its largest design: one varied at a time.

`relative_*` is over the design as configured: its rate, with and without waiting, DSPs and LUTs.
`fifo_positions` changes the waiting alone, and by it what the exploration balances; the other
parameters change the engines as well.
"""

import pandas as pd

from workflow.tabling.shared import csv_command

CASE = ["suite", "network", "scheme", "platform"]
CONFIGURED = "as configured"
COMPARED = ["images_per_second", "images_per_second_with_waiting", "dsp", "lut"]


def hass_sensitivity(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, each beside the design as configured."""
    base = rows[rows["parameter"] == CONFIGURED].set_index(CASE)[COMPARED]
    beside = rows[CASE].join(base, on=CASE)
    return rows.assign(**{f"relative_{name}": rows[name] / beside[name] for name in COMPARED})


if __name__ == "__main__":
    csv_command(hass_sensitivity, __doc__)
