"""The form that every data set has in memory."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

IMAGE_SIZE = 32
"""Height and width of all images in pixels."""

Images = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and labels, split into a training set and a held-out test set.

    Attributes:
        name: the suite.
        train_images, test_images: (N, C, 32, 32) float32, shifted and scaled so that the training
            images have mean 0 and standard deviation 1 over all pixels and channels.
        train_labels, test_labels: (N,) int64.
    """

    name: str
    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor

    @classmethod
    def normalised(cls, name: str, images: Images, labels: Labels, test: int) -> "Dataset":
        """The last `test` of (N, C, H, W) images are held out; the others set the scale."""
        # Sums in double precision, images in single: no copy of everything in double.
        centred = images - np.float32(images[:-test].mean(dtype=np.float64))
        spread = np.sqrt(np.square(centred[:-test]).mean(dtype=np.float64))
        centred /= np.float32(spread)
        x, y = torch.from_numpy(centred), torch.from_numpy(labels)
        return cls(name, x[:-test], y[:-test], x[-test:], y[-test:])

    @property
    def in_channels(self) -> int:
        """Channels of one image."""
        return self.train_images.shape[1]

    @property
    def input_size(self) -> int:
        """Height and width of one image."""
        return self.train_images.shape[2]

    @cached_property
    def num_classes(self) -> int:
        """Number of classes; labels are 0 to this, exclusive."""
        return int(self.train_labels.max()) + 1
