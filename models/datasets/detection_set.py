"""The form that a detection set has in memory: images, and the boxes and classes on them."""

from dataclasses import dataclass

from torch import Tensor

NO_OBJECT = -1
"""Class of the rows that fill up the targets of an image with fewer objects than the most."""


@dataclass(frozen=True, eq=False)
class Annotated:
    """Images with their objects.

    Attributes:
        images: (N, C, H, W) float32.
        targets: (N, D, 5) float32, a row per object: class, left, top, right, bottom in pixels.
            The rows that an image does not need come last and have class NO_OBJECT.
        sources: (N, D) int64, which picture of the origin each object is; NO_OBJECT likewise.
    """

    images: Tensor
    targets: Tensor
    sources: Tensor

    def __len__(self) -> int:
        return len(self.images)

    @property
    def objects(self) -> Tensor:
        """The rows of `targets` that are objects, (objects, 5)."""
        return self.targets[self.targets[..., 0] != NO_OBJECT]

    def first(self, count: int) -> "Annotated":
        """The first `count` images."""
        return Annotated(self.images[:count], self.targets[:count], self.sources[:count])


@dataclass(frozen=True, eq=False)
class DetectionSet:
    """Three sets of images whose objects come from pictures of their own.

    Attributes:
        name: the suite.
        train: what weights are fitted to; its pixels have mean 0 and standard deviation 1.
        validation: what choices after training (thresholds) are made on.
        test: what the verdict on a choice is given on.
        num_classes: classes are 0 to this, exclusive.
    """

    name: str
    train: Annotated
    validation: Annotated
    test: Annotated
    num_classes: int

    @property
    def train_images(self) -> Tensor:
        """The images that weights are fitted to."""
        return self.train.images

    @property
    def train_labels(self) -> Tensor:
        """The objects on the images that weights are fitted to."""
        return self.train.targets

    @property
    def test_images(self) -> Tensor:
        """The images that verdicts are given on."""
        return self.test.images

    @property
    def in_channels(self) -> int:
        """Channels of one image."""
        return self.train.images.shape[1]

    @property
    def input_size(self) -> int:
        """Height and width of one image in pixels."""
        return self.train.images.shape[2]
