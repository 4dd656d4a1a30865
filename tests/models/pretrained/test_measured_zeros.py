import numpy as np
import pytest

from models.pretrained.measured_zeros import (
    measured_statistics,
    picture_statistics,
    without_padding,
)
from sim.generate.statistics import mask_statistics


def test_the_row_and_the_column_of_a_padding_are_left_out() -> None:
    mask = np.ones((2, 3, 5, 5), np.bool_)
    mask[:, :, 4] = False
    mask[..., 4] = False
    assert without_padding(mask).shape == (2, 3, 4, 4)
    mask[0, 0, 4, 0] = True  # not a padding: one value is there
    assert without_padding(mask).shape == (2, 3, 5, 5)


def test_statistics_are_of_one_picture_at_a_time() -> None:
    mask = np.zeros((2, 2, 8, 8), np.bool_)
    mask[0, 0] = mask[1, 1] = True  # in each picture another channel is dead
    statistics = picture_statistics(mask)
    assert statistics.channel_std == 0.5
    assert statistics.dead_channels == 0.5
    assert mask_statistics(mask).channel_std == 0


def test_the_file_holds_what_was_measured() -> None:
    layer = measured_statistics("resnet50_half")["layer1.1.conv1"]
    assert 0.5 < layer["density"] < 0.7
    assert layer["neighbour_agreement"] == pytest.approx(0.9, abs=0.05)
    assert np.isnan(measured_statistics("resnet50_half")["fc"]["neighbour_agreement"])
