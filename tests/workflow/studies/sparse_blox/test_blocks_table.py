import numpy as np
import pytest

from sim import Layer, LayerTrace
from workflow.studies.sparse_blox.blocks_table import shares


def test_percentages_of_a_layer_counted_by_hand() -> None:
    """64 inputs in 8 blocks, 2 of them zero; 64 bytes of inputs, 512 of weights, 8 of outputs."""
    activation = np.ones((1, 64, 1, 1), dtype=bool)
    activation[:, 16:32] = False
    trace = LayerTrace.of(Layer.linear("fc", 64, 8), weight=None, activation=activation)
    row = shares([trace], 8, 8)
    percent = {name: value for name, value in row.items() if name.endswith("percent")}
    assert percent.pop("bytes_saved_percent") == pytest.approx(100 * 16 / 584)
    assert set(percent.values()) == {25.0}
    assert (row["block"], row["blocks_per_image"], row["zero_blocks_per_image"]) == ("8x8", 8, 2)


def test_counts_are_for_one_image_and_percentages_for_all() -> None:
    activation = np.ones((4, 64, 1, 1), dtype=bool)
    activation[:2, 16:32] = False  # two of the eight blocks of two images of four
    trace = LayerTrace.of(Layer.linear("fc", 64, 8), weight=None, activation=activation)
    row = shares([trace], 8, 8)
    assert (row["blocks_per_image"], row["zero_blocks_per_image"]) == (8, 1)
    assert row["natural_zero_blocks_percent"] == 100 * 4 / 32
