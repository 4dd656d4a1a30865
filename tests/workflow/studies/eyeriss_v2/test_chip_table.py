import pandas as pd
import pytest

from tests.workflow.studies.s2ta.test_sparse_table import row
from workflow.studies.eyeriss_v2.chip_table import eyeriss_v2_chip


def test_raw_and_calibrated_cycles_stand_apart() -> None:
    events = [row("a", "eyeriss_v2", "dbb", 1), row("a", "sparten", "dbb", 1)]
    table = eyeriss_v2_chip(pd.DataFrame(events))
    chip = table.iloc[0]
    assert chip["network"] == "mobilenet_v1_half_128"
    assert chip["chip_calibrated_cycles_per_image"] == pytest.approx(200e6 / 1470.6)
    run = table[(table["network"] == "a") & (table["layers"] == "all")].iloc[0]
    assert run["raw_cycles_per_image"] == 5  # 10 cycles, two images
    assert run["chip_calibrated_cycles_per_image"] == pytest.approx(
        5 * chip["chip_calibration_factor"]
    )
    assert set(table["accelerator"]) == {"eyeriss_v2"}
