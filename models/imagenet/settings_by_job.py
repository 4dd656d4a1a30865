"""Settings of full-size networks, a class for each job: inputs, shape, modelled zeros, repair."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from models.compression.repair.reconstruct import Method
from models.graph.dataflow import InputKind
from models.imagenet.texture import COMMON_SHARE, SMOOTH_SHARE, Texture
from models.networks import network_record
from models.networks.network import InputForm
from sim.errors import UserError
from sim.generate.activations import Clustering, Mode
from sim.validation import (
    require_choice,
    require_flag,
    require_fraction,
    require_not_negative,
    require_positive,
    require_text,
)

ASSUMED_KINDS = MappingProxyType(
    {"gelu_density": InputKind.GELU, "softmax_density": InputKind.SOFTMAX}
)
"""Settings that hold for tensors of one kind alone."""
OF_MAPS = (
    "activation_masks",
    "clustering",
    "channel_std",
    "neighbour_correlation",
    "channel_spread",
    "smooth_share",
    "common_share",
)
"""Settings that say how zeros cluster; those of networks with attention do not."""
MaskSource = Literal["photographs", "generator"]
LARGEST_SIDE = 4096
"""Pixels of an image's longest side, far above any published network's."""


def _require_positive_or_none(**values: int | None) -> None:
    require_positive(**{name: value for name, value in values.items() if value is not None})


@dataclass(frozen=True, kw_only=True)
class UserInputs:
    """What a user brings: weights and images.

    Attributes:
        checkpoint: weights (state dict in .safetensors or .pth); None = modelled.
        checkpoint_sha256: expected digest of that file; None = not checked.
        image_folder: images (see models.imagenet.pictures); None = bundled photographs.
        classes: file that names the class folders in the order of the network's outputs, one per
            line; None = the natural order of their names.
        calibration_images: images that set the ranges of INT8 activations in a measured trace, or
            all if there are fewer.
        test_images: labelled images of the folder that top-1 is measured on; None = all.

    Raises:
        UserError: a value is out of range.
    """

    checkpoint: str | None = None
    checkpoint_sha256: str | None = None
    image_folder: str | None = None
    classes: str | None = None
    calibration_images: int = 16
    test_images: int | None = None

    def __post_init__(self) -> None:
        require_positive(calibration_images=self.calibration_images)
        _require_positive_or_none(test_images=self.test_images)
        require_text(
            checkpoint=self.checkpoint,
            checkpoint_sha256=self.checkpoint_sha256,
            image_folder=self.image_folder,
            classes=self.classes,
        )
        if self.checkpoint_sha256 is not None and self.checkpoint is None:
            raise UserError("checkpoint_sha256 is given without a checkpoint; name the file too")
        if self.classes is not None and self.image_folder is None:
            raise UserError("classes is given without an image_folder; name the folder too")

    @property
    def class_list(self) -> Path | None:
        """The file of classes."""
        return None if self.classes is None else Path(self.classes)

    @property
    def folder(self) -> Path | None:
        """Where the user's pictures lie; None = nowhere."""
        return None if self.image_folder is None else Path(self.image_folder)


@dataclass(frozen=True, kw_only=True)
class NetworkShape:
    """Sizes of a network that differ from those it was published with; None = as published.

    Attributes:
        input_height, input_width: of an image in pixels, at most LARGEST_SIDE.
        width: factor on all channel counts.
        num_classes: outputs.

    Raises:
        UserError: a value is out of range.
    """

    input_height: int | None = None
    input_width: int | None = None
    width: float = 1.0
    num_classes: int | None = None

    def __post_init__(self) -> None:
        _require_positive_or_none(
            input_height=self.input_height,
            input_width=self.input_width,
            num_classes=self.num_classes,
        )
        for name, pixels in (("height", self.input_height), ("width", self.input_width)):
            if (pixels or 0) > LARGEST_SIDE:
                raise UserError(f"input_{name} is {pixels}; expected at most {LARGEST_SIDE} pixels")

    def form(self, network: str) -> InputForm:
        """What a network takes.

        Raises:
            UserError: no such network.
        """
        published = network_record(network).form
        return replace(
            published,
            height=self.input_height or published.height,
            width=self.input_width or published.width,
        )

    def classes(self, network: str) -> int:
        """How many outputs a network has.

        Raises:
            UserError: no such network.
        """
        return self.num_classes or network_record(network).classes


@dataclass(frozen=True, kw_only=True)
class ModelledZeros:
    """How zeros are modelled where there are no weights.

    Attributes:
        activation_masks: where zeros of activations lie: `photographs` (a shifted random network)
            or `generator`.
        clustering: mode of the generator.
        channel_std: spread of channel densities in the generator; None = by density.
        neighbour_correlation: of the generator's field, and of the smooth field below.
        channel_spread: factor on the measured spread of channel densities in the shifted network.
        smooth_share: how much of its activations is a smooth random field of each channel, in
            standard deviations (models/imagenet/texture.py).
        common_share: how much is a smooth random field that all channels share.
        weight_spread: spread of filter and channel strengths in modelled weights (log scale).
        default_weight_density: where no table and no other rule gives one.
        gelu_density, softmax_density: what INT8 leaves of outputs of GELU and of attention's
            softmax, which are hardly ever zero themselves. Assumed, near what the ViT trained here
            has (0.97; 0.83 and 1.0 in its two blocks); more tokens have smaller shares.
        weight_table, activation_table: tables of densities; None = the network's default.
        densities_file: a user's table instead of those that come with the project.
        densities_by_rule: whether layers without a row get a density by rule; else an error.

    Raises:
        UserError: a value is out of range.
    """

    activation_masks: MaskSource = "photographs"
    clustering: Mode = "spatial"
    channel_std: float | None = None
    neighbour_correlation: float = 0.75
    channel_spread: float = 1.0
    smooth_share: float = SMOOTH_SHARE
    common_share: float = COMMON_SHARE
    weight_spread: float = 0.3
    default_weight_density: float = 0.5
    gelu_density: float = 0.97
    softmax_density: float = 0.9
    weight_table: str | None = None
    activation_table: str | None = None
    densities_file: str | None = None
    densities_by_rule: bool = True

    def __post_init__(self) -> None:
        require_choice("activation_masks", self.activation_masks, get_args(MaskSource))
        require_fraction(
            default_weight_density=self.default_weight_density,
            gelu_density=self.gelu_density,
            softmax_density=self.softmax_density,
        )
        require_not_negative(weight_spread=self.weight_spread, channel_spread=self.channel_spread)
        require_fraction(smooth_share=self.smooth_share, common_share=self.common_share)
        require_text(densities_file=self.densities_file)
        _ = self.mask_structure  # checks its values

    @property
    def assumed(self) -> Mapping[InputKind, float]:
        """Densities of kinds of tensors that have no rule."""
        return {kind: getattr(self, key) for key, kind in ASSUMED_KINDS.items()}

    @property
    def mask_structure(self) -> Clustering:
        """How the generator clusters zeros."""
        return Clustering(
            self.clustering,
            self.channel_std,
            neighbour_correlation=self.neighbour_correlation,
        )

    @property
    def texture(self) -> Texture:
        """How activations of the shifted network are roughened."""
        return Texture(self.smooth_share, self.common_share, self.neighbour_correlation)


@dataclass(frozen=True, kw_only=True)
class PictureRepair:
    """How a user's pruned network is repaired and judged without labels (models.imagenet.repaired).

    Attributes:
        repair: `none`, `batch_norm` or `reconstruct` (models.compression.repair.reconstruct);
            null = pruned by size alone and not judged against the dense network.
        more_pictures: folder of further pictures that repair may use.
        fitted_pictures, judged_pictures: of the image folder at most so many of each; they are
            taken in turn, the first to repair, the second to judge.
        fitted_views, judged_views: random crops of each of these pictures.
        labels_in_names: whether a picture's class number is the last part of its name.
        bound_budget_points: of agreement with the unpruned network, on the views that repair, that
            bounds of activations (scheme dbb) may cost before repair, chosen tensor by tensor; null
            = each bound may remove `most_removed` of its tensor.

    Raises:
        UserError: a value is out of range.
    """

    repair: Method | None = None
    more_pictures: str | None = None
    fitted_pictures: int = 64
    judged_pictures: int = 64
    fitted_views: int = 5
    judged_views: int = 8
    labels_in_names: bool = False
    bound_budget_points: float | None = None

    def __post_init__(self) -> None:
        if self.bound_budget_points is not None and not 0 <= self.bound_budget_points <= 100:
            raise UserError(
                f"bound_budget_points is {self.bound_budget_points!r}; expected 0 to 100 points"
            )
        if self.repair is not None:
            require_choice("repair", self.repair, get_args(Method))
        require_text(more_pictures=self.more_pictures)
        require_positive(
            fitted_pictures=self.fitted_pictures,
            judged_pictures=self.judged_pictures,
            fitted_views=self.fitted_views,
            judged_views=self.judged_views,
        )
        require_flag(labels_in_names=self.labels_in_names)
