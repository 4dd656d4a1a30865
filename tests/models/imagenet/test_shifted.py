import numpy as np
import pytest
import torch
from torch import Tensor

from models.graph.dataflow import layer_inputs
from models.imagenet.shifted import shifted_masks
from tests.models.toy import INPUT_SHAPE, toy, toy_images

INPUTS = layer_inputs(toy(), INPUT_SHAPE)


def densities(value: float) -> dict[str, float]:
    return {row.layer.name: value for row in INPUTS}


@pytest.mark.parametrize("density", [0.0, 0.25, 0.8])
def test_every_rectified_input_meets_its_density(density: float) -> None:
    masks = shifted_masks(toy(), INPUTS, toy_images(), densities(density))
    assert set(masks) == {row.tensor for row in INPUTS}
    for row in INPUTS[1:]:
        mask = masks[row.tensor]
        assert mask.shape == (6, *row.layer.input_shape)
        # Values that rounding makes equal to the quantile fall on one side together.
        assert mask.mean() == pytest.approx(density, abs=0.01)
    assert masks["stem"].all()


def test_the_density_is_met_behind_the_pooling_that_the_layer_reads_through() -> None:
    mask = shifted_masks(toy(), INPUTS, toy_images(), densities(0.5))["strided"]
    assert mask.mean() == pytest.approx(0.5, abs=0.01)


def test_density_one_leaves_no_zero() -> None:
    masks = shifted_masks(toy(), INPUTS, toy_images(), densities(1.0))
    assert all(mask.all() for mask in masks.values())


def test_channels_differ_as_far_as_is_asked_for() -> None:
    def spread_of(value: float) -> float:
        spreads = {row.tensor: value for row in INPUTS}
        masks = shifted_masks(toy(), INPUTS, toy_images(), densities(0.5), spreads=spreads)
        return float(masks["pointwise"].mean((0, 2, 3)).std())

    assert spread_of(0.3) == pytest.approx(0.3, abs=0.02)
    assert spread_of(0.0) == pytest.approx(0.0, abs=0.02)


def test_the_seed_decides_which_channel_is_dense() -> None:
    def masks(seed: int) -> np.ndarray:
        spreads = {row.tensor: 0.3 for row in INPUTS}
        run = shifted_masks(
            network=toy(),
            inputs=INPUTS,
            images=toy_images(),
            densities=densities(0.5),
            prune=None,
            spreads=spreads,
            texture=None,
            seed=seed,
        )
        return run["pointwise"]

    np.testing.assert_array_equal(masks(1), masks(1))
    assert not np.array_equal(masks(1), masks(2))


def test_what_is_pruned_reaches_later_layers() -> None:
    def half(tensor: str, value: Tensor) -> Tensor:
        return value * (torch.arange(value.shape[1]) % 2).reshape(-1, *[1] * (value.dim() - 2))

    free = shifted_masks(toy(), INPUTS, toy_images(), densities(0.5))
    pruned = shifted_masks(toy(), INPUTS, toy_images(), densities(0.5), prune=half)
    assert not pruned["depthwise"][:, 0::2].any()
    assert not np.array_equal(free["fc2"], pruned["fc2"])
