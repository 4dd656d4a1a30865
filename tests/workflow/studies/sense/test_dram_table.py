import pandas as pd
import pytest

from sim import (
    accelerator,
    simulate,
)
from tests.workflow.studies.sense.small_networks import TRACES
from workflow.studies.sense.dram_table import dram
from workflow.studies.sense.layers_step import layers


def test_dram_tables_hold_the_bytes_of_each_side_at_its_batch() -> None:
    rows = [row for trace in TRACES.values() for row in layers(trace)]
    table = pd.DataFrame(rows)
    assert set(table["accelerator"]) == {"sense", "swallow_like", "eyeriss"}
    total = dram(table).set_index(["layers", "baseline", "batch"])
    row = total.loc["all", "eyeriss", 1]
    model = accelerator("eyeriss", pooling_on_chip=False)
    runs = [simulate(t, model) for t in TRACES["balanced"].traces]
    expected = sum(run.dram_bytes for run in runs)
    # two images in the trace, one at a time; batch 1 takes the trace as it is
    assert row["dram_bytes_per_image_of_baseline"] == pytest.approx(expected / 2)
    assert row["dram_reduction"] == pytest.approx(
        row["dram_bytes_per_image_of_baseline"] / row["dram_bytes_per_image"]
    )
    shared = total.loc["all", "eyeriss", 4]
    assert shared["dram_bytes_per_image"] < row["dram_bytes_per_image"]


def test_the_chip_is_compared_on_convolutions_and_at_both_batches() -> None:
    rows = [
        ("sense", 1, "conv", "weight", 2e6),
        ("sense", 4, "conv", "weight", 1e6),
        ("sense", 4, "linear", "weight", 9e6),
        ("eyeriss_chip", 4, "conv", "all", 4e6),
    ]
    table = pd.DataFrame(
        rows, columns=["accelerator", "batch", "layer_kind", "operand", "dram_bytes_per_image"]
    ).assign(suite="imagenet", network="alexnet_caffe", activation_source="modelled")
    result = dram(table)
    assert set(result["layers"]) == {"conv_only"}
    assert result.set_index("batch")["dram_reduction"].to_dict() == {1: 2.0, 4: 4.0}
