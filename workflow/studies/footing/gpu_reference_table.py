"""A GPU beside the models, measured: dense kernels and 2:4 kernels on the layers of two networks.

`speedup_over_dense_ideal` has the meaning that it has for every design: multiplications of the
dense layers over those that a fully used dense unit makes in the same time, here at the peak of the
data sheet. Dense kernels cannot pass 1, kernels with 2:4 weights not 2. In `two_four_layer_count`
layers a 2:4 kernel ran, in the others a dense one. Measured by `make gpu-reference` with the
device, driver, library and date that the rows name; nothing here is modelled.
"""

import pandas as pd

from sim import UserError
from workflow.studies.footing.measured_gpu import COLUMNS, MEASURED
from workflow.tabling.shared import csv_command


def gpu_reference(rows: pd.DataFrame) -> pd.DataFrame:
    """The measured rows as they are.

    Raises:
        UserError: the file has other columns.
    """
    if tuple(rows.columns) != COLUMNS:
        raise UserError(
            f"{MEASURED}: expected the columns {', '.join(COLUMNS)}, as `make gpu-reference` "
            "writes them"
        )
    return rows


if __name__ == "__main__":
    csv_command(gpu_reference, __doc__)
