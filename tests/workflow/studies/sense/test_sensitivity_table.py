import pandas as pd
import pytest

from tests.workflow.studies.sense.small_networks import events
from workflow.studies.sense.sensitivity_table import sensitivity


def test_sensitivity_compares_both_sides_at_the_same_value() -> None:
    names = ["sense", "sense_neither", "swallow_like"]
    default = events(names).assign(variant="")
    loose = events(names, sync_interval=4).assign(variant="sync_interval=4")
    joint = loose.assign(variant="sync_interval=4 tile=7")
    table = sensitivity(pd.concat([default, loose, joint], ignore_index=True))
    table = table[table["layers"] == "all"].set_index("parameter")
    assert set(table.index) == {"", "sync_interval"}
    configured = default[(default["accelerator"] == "sense") & (default["scheme"] == "balanced")]
    other = default[
        (default["accelerator"] == "sense_neither") & (default["scheme"] == "unbalanced")
    ]
    assert table.loc["", "speedup"] == other["cycles"].sum() / configured["cycles"].sum()
    assert table.loc["sync_interval", "value"] == "4"
    assert table.loc["", "dram_reduction"] == pytest.approx(1, rel=0.02)  # all fits the buffers
    assert table.loc["sync_interval", "array_speedup"] < table.loc["", "array_speedup"]
