"""The networks at the size of the papers: what they take, and the settings of the suite."""

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import torch
from torch import nn

from models.imagenet.shifted import NORM_SHIFT_STD
from models.networks import build, network_record
from models.networks.network import InputForm
from sim.errors import UserError
from sim.generate.activations import Clustering, Mode
from sim.masks.density_bound import DBB_BLOCK
from sim.validation import (
    require_choice,
    require_fraction,
    require_not_negative,
    require_positive,
    require_whole,
)

SUITE = "imagenet"
SCHEMES = ("dense", "dbb", "magnitude", "balanced", "unbalanced")
MEASURED_SCHEMES = (*SCHEMES, "blockwise")
"""Blockwise pruning acts on values and is bounded by accuracy: it needs trained weights."""

MaskSource = Literal["photographs", "generator"]


@dataclass(frozen=True, kw_only=True)
class FullSizeSettings:
    """Everything that decides a trace of the suite, beside network and scheme.

    Attributes:
        images: images in the trace.
        seed: of weights and generated masks.
        checkpoint: weights of the user (state dict in .safetensors or .pth); None = modelled.
        checkpoint_sha256: expected digest of that file; None = not checked.
        image_folder: images of the user (see models.imagenet.pictures); None = bundled photographs.
        calibration_images: images that set the ranges of INT8 activations in a measured trace, or
            all if there are fewer.
        test_images: labelled images of the folder that top-1 is measured on; None = all.
        input_height, input_width, width, num_classes: of the network; None = as published.
        activation_masks: where modelled zeros lie: `photographs` (a shifted random network) or
            `generator`.
        clustering: mode of the generator.
        channel_std: spread of channel densities in the generator; None = by density.
        neighbour_correlation: of the generator's field.
        norm_shift_std: spread of batch-norm shifts in the shifted network.
        weight_bound: nonzeros of every 8 input channels that scheme dbb keeps.
        balanced_density: share of every kernel slice that scheme balanced keeps; unbalanced
            keeps as many per layer.
        magnitude_density: share that scheme magnitude keeps of a user's weights; modelled weights
            follow the density tables.
        weight_spread: spread of filter and channel strengths in modelled weights (log scale).
        default_weight_density: where no table and no other rule gives one.
        blockwise_thresholds: file of the Spex search for scheme blockwise; None = one threshold for
            all layers, found on the labelled images.
        blockwise_budget_points: top-1 that this threshold may cost.
        most_removed: share of the nonzeros that activation pruning may remove under scheme dbb.
        weight_table, activation_table: tables of densities; None = the network's default.
        densities_file: a user's table instead of those that come with the project.
        densities_by_rule: whether layers without a row get a density by rule; else an error.

    Raises:
        UserError: a value is out of range.
    """

    images: int = 2
    seed: int = 0
    checkpoint: str | None = None
    checkpoint_sha256: str | None = None
    image_folder: str | None = None
    calibration_images: int = 16
    test_images: int | None = None
    input_height: int | None = None
    input_width: int | None = None
    width: float = 1.0
    num_classes: int | None = None
    activation_masks: MaskSource = "photographs"
    clustering: Mode = "spatial"
    channel_std: float | None = None
    neighbour_correlation: float = 0.75
    norm_shift_std: float = NORM_SHIFT_STD
    weight_bound: int = 4
    balanced_density: float = 0.5
    magnitude_density: float = 0.4
    weight_spread: float = 0.3
    default_weight_density: float = 0.5
    blockwise_thresholds: str | None = None
    blockwise_budget_points: float = 1.0
    most_removed: float = 0.1
    weight_table: str | None = None
    activation_table: str | None = None
    densities_file: str | None = None
    densities_by_rule: bool = True

    def __post_init__(self) -> None:
        require_positive(images=self.images, calibration_images=self.calibration_images)
        for name in ("test_images", "input_height", "input_width", "num_classes"):
            value = getattr(self, name)
            if value is not None:
                require_positive(**{name: value})
        for name in (
            *("checkpoint", "checkpoint_sha256", "image_folder"),
            *("densities_file", "blockwise_thresholds"),
        ):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, str) and value):
                raise UserError(f"{name} is {value!r}; expected text, or null to leave it out")
        require_whole(seed=self.seed)
        require_choice("activation_masks", self.activation_masks, get_args(MaskSource))
        require_choice("weight_bound", self.weight_bound, range(1, DBB_BLOCK + 1))
        require_fraction(
            balanced_density=self.balanced_density,
            magnitude_density=self.magnitude_density,
            default_weight_density=self.default_weight_density,
            most_removed=self.most_removed,
        )
        require_not_negative(
            weight_spread=self.weight_spread,
            norm_shift_std=self.norm_shift_std,
            blockwise_budget_points=self.blockwise_budget_points,
        )
        if self.checkpoint_sha256 is not None and self.checkpoint is None:
            raise UserError("checkpoint_sha256 is given without a checkpoint; name the file too")
        _ = self.mask_structure  # checks its values

    @property
    def mask_structure(self) -> Clustering:
        """How the generator clusters zeros."""
        return Clustering(
            self.clustering,
            self.channel_std,
            neighbour_correlation=self.neighbour_correlation,
        )

    def form(self, network: str) -> InputForm:
        """What the network takes."""
        usual = network_record(network).form
        return replace(
            usual,
            height=self.input_height or usual.height,
            width=self.input_width or usual.width,
        )

    def classes(self, network: str) -> int:
        """Outputs of the network."""
        return self.num_classes or network_record(network).classes


def full_size_network(name: str, settings: FullSizeSettings, *, weights: bool) -> nn.Module:
    """A network with random weights from the settings' seed, or on the meta device without any.

    Raises:
        UserError: no such network, or a value it cannot take.
    """
    form = settings.form(name)
    arguments: dict[str, Any] = {
        "num_classes": settings.classes(name),
        "in_channels": form.channels,
        "width": settings.width,
        "input_size": min(form.height, form.width),
    }
    if not weights:
        with torch.device("meta"):
            return build(name, **arguments).eval()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        return build(name, **arguments).eval()
