import numpy as np
import pytest

from models.graph.dataflow import InputKind, LayerInput
from models.imagenet.settings import FullSizeSettings
from sim import Layer
from workflow.studies.sparse_blox import natural_table
from workflow.tabling.mask_sources import Source


def test_density_and_blocks_are_those_of_the_convolutions(monkeypatch: pytest.MonkeyPatch) -> None:
    mask = np.zeros((1, 64, 2, 2), dtype=bool)
    mask[:, :16] = True  # a quarter of the values; the FC layer reads others
    inputs = (
        LayerInput(Layer.conv("conv", 64, 8, 1, input_size=2), "conv", InputKind.RELU),
        LayerInput(Layer.linear("fc", 8, 4), "fc", InputKind.RELU),
    )
    masks = {"conv": mask, "fc": np.ones((1, 8, 1, 1), dtype=bool)}
    sources = [Source("generator", inputs, masks)]
    monkeypatch.setattr(natural_table, "mask_sources", lambda network, settings: sources)
    table = natural_table.natural(["toy"], FullSizeSettings())
    assert (table["activation_density"] == 0.25).all()
    row = table.set_index("block").loc["8x8"]
    assert row["natural_zero_blocks_percent"] == 75
    assert (row["network"], row["source"]) == ("toy", "generator")
