import numpy as np
import pytest
import torch

from models.datasets.dataset import Dataset


def test_the_last_images_are_held_out_and_take_no_part_in_the_scale() -> None:
    images = np.arange(24, dtype=np.float32).reshape(6, 1, 2, 2)
    images[-2:] = 1000
    data = Dataset.normalised("toys", images, np.arange(6), test=2)
    assert data.test_labels.tolist() == [4, 5]
    assert float(data.train_images.mean()) == pytest.approx(0, abs=1e-6)
    assert float(data.train_images.std(correction=0)) == pytest.approx(1)
    assert bool((data.test_images > 100).all())
    assert (data.in_channels, data.input_size, data.num_classes) == (1, 2, 4)
    assert data.train_images.dtype == torch.float32
