"""Eyeriss v2: the model's cycles and, in columns of their own, those calibrated to the chip.

The calibration is one factor, from the published rate of the chip (1470.6 inferences per second at
200 MHz on its own pruned MobileNet) and the model's on masks of the same numbers of nonzeros: the
first row. It holds for that network; elsewhere it is an extrapolation. It is no part of the model,
and no other table uses it.
"""

import pandas as pd

from sim import accelerator
from sim.accelerators.eyeriss_v2.chip import Calibration, calibration
from sim.declared import data_files, modules_by_name
from workflow.tabling.shared import RUN, events_command, layer_views, totals

data_files("sim/accelerators/eyeriss_v2/configs.yaml")
modules_by_name("sim.accelerators.eyeriss_v2.model")

CALIBRATED = [*RUN, "layers", "accelerator"]
NAME = "eyeriss_v2"
CHIP_NETWORK = {
    "suite": "chip",
    "network": "mobilenet_v1_half_128",
    "scheme": "published",
    "weight_source": "modelled",
    "activation_source": "modelled",
    "layers": "all",
    "accelerator": NAME,
}


def eyeriss_v2_chip(events: pd.DataFrame) -> pd.DataFrame:
    """One row per run and view, the chip's own network first."""
    fit = calibration(accelerator(NAME))
    total = totals(layer_views(events[events["accelerator"] == NAME]), CALIBRATED)
    runs = total[CALIBRATED].assign(raw_cycles_per_image=total["cycles"] / total["images"])
    chip = pd.DataFrame([{**CHIP_NETWORK, "raw_cycles_per_image": fit.raw_cycles}])
    return _calibrated(pd.concat([chip, runs], ignore_index=True), fit)


def _calibrated(table: pd.DataFrame, fit: Calibration) -> pd.DataFrame:
    return table.assign(
        chip_calibration_factor=fit.factor,
        chip_calibrated_cycles_per_image=table["raw_cycles_per_image"] * fit.factor,
    )


if __name__ == "__main__":
    events_command(eyeriss_v2_chip, __doc__)
