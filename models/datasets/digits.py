"""Handwritten digits: the 1797 real 8x8 images that come with scikit-learn, at 32x32.

They are the test half of Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI
Machine Learning Repository, 1998, doi:10.24432/C50P49.
"""

import numpy as np
import torch

from models.datasets.dataset import IMAGE_SIZE, Dataset, Images, Labels

TEST_IMAGES = 360


def make_digits(seed: int) -> Dataset:
    """1437 training and 360 test images of one channel; the seed chooses which are held out."""
    images, labels, _ = shuffled_digits(seed)
    small = torch.from_numpy(images)[:, None]
    large = torch.nn.functional.interpolate(small, size=IMAGE_SIZE, mode="bilinear")
    return Dataset.normalised("digits", large.numpy(), labels, TEST_IMAGES)


def shuffled_digits(seed: int) -> tuple[Images, Labels, Labels]:
    """All images (1797, 8, 8) with values 0 to 16, their classes, and their numbers at the origin.

    In an order that the seed decides; the last TEST_IMAGES are the held-out ones everywhere.
    """
    # Here, because it takes longer than all other imports together and most jobs need no digits.
    from sklearn.datasets import load_digits

    bunch = load_digits()
    order = np.random.default_rng(seed).permutation(len(bunch.images)).astype(np.int64)
    return bunch.images[order].astype(np.float32), bunch.target[order].astype(np.int64), order
