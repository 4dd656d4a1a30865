"""Traces of a user's trained network: pruned by a scheme, rounded to INT8, run on real images.

Nothing is fine-tuned, for that takes the training set; the top-1 accuracies say what the pruning
costs as it stands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from models.compression.activation_dbb import prunable_tensors, set_bounds
from models.compression.quantization import quantize
from models.compression.scheme import Samples, Scheme
from models.compression.schemes import scheme as scheme_class
from models.compression.weight_masks import make_masks_permanent
from models.graph.hooks import temporary
from models.graph.modes import evaluating
from models.graph.stored_tensors import SparseNetwork, StoredTensor
from models.imagenet.full_size import (
    MEASURED_SCHEMES,
    SUITE,
    FullSizeSettings,
    full_size_network,
)
from models.imagenet.measured_blocks import prune_blocks
from models.imagenet.modelled import first_pictures
from models.imagenet.pictures import (
    MOST_PHOTOGRAPHS,
    ImageFolder,
    bundled_photographs,
    image_folder,
)
from models.imagenet.user_checkpoints import load_user_checkpoint
from models.networks import network_record
from models.tracing import trace_network
from sim import NetworkTrace, Provenance
from sim.errors import UserError
from sim.generate.pruning import activation_bound
from sim.validation import unknown

BLOCKWISE = "blockwise"
"""The scheme that acts on what INT8 rounding leaves."""
BATCH = 16
"""Images that are in memory at a time."""


@dataclass(frozen=True)
class Top1:
    """Accuracy on the user's labelled images after each step, in percent.

    Scheme blockwise prunes after INT8 rounding: there, `pruned_percent` is the INT8 network before
    its blocks are zeroed and `int8_percent` with them.
    """

    images: int
    dense_percent: float
    pruned_percent: float
    int8_percent: float


@dataclass(frozen=True)
class Measured:
    """A trace, and the accuracies where the images have labels."""

    trace: NetworkTrace
    top1: Top1 | None


def measured_trace(network: str, scheme: str, settings: FullSizeSettings) -> Measured:
    """Prune, quantize and trace a user's network on the user's images (or the photographs).

    The first images of the folder are traced, and (some more of) them set the ranges of INT8
    activations.

    Raises:
        UserError: unknown network or scheme, or a checkpoint or images that do not fit.
    """
    if settings.checkpoint is None:
        raise UserError("no checkpoint in the settings; a measured trace needs one")
    if scheme not in MEASURED_SCHEMES:
        raise unknown("scheme of the imagenet suite", scheme, MEASURED_SCHEMES)
    module = full_size_network(network, settings, weights=True)
    path = Path(settings.checkpoint)
    load_user_checkpoint(path, module, settings.checkpoint_sha256)
    images, description = first_pictures(network, settings)
    labelled = _labelled(network, settings)
    shapes = full_size_network(network, settings, weights=False)

    def top1(sparse: SparseNetwork) -> float:
        return 0.0 if labelled is None else _top1(sparse.module, labelled, settings.test_images)

    sparse = SparseNetwork(module)
    dense = top1(sparse)
    _prune(sparse, "dense" if scheme == BLOCKWISE else scheme, settings, images)
    pruned = top1(sparse)
    calibration = _calibration(network, settings)
    quantize(sparse, calibration)
    done = f"{scheme} without fine-tuning"
    if scheme == BLOCKWISE:
        pruned = top1(sparse)
        done = prune_blocks(sparse, settings, calibration, None if labelled is None else top1)
    int8 = top1(sparse)
    provenance = Provenance(
        *(SUITE, network, scheme, "measured", "measured"),
        f"weights: {path.name}, {done}; activations: {description}",
    )
    trace = trace_network(shapes, sparse, images, provenance)
    if labelled is None:
        return Measured(trace, None)
    count = _count(labelled, settings.test_images)
    return Measured(trace, Top1(count, dense, pruned, int8))


def _calibration(network: str, settings: FullSizeSettings) -> Tensor:
    count, form = settings.calibration_images, settings.form(network)
    if settings.image_folder is None:
        return bundled_photographs(min(count, MOST_PHOTOGRAPHS), form)
    return image_folder(Path(settings.image_folder), form, None).images(0, count)


def _labelled(network: str, settings: FullSizeSettings) -> ImageFolder | None:
    if settings.image_folder is None or network_record(network).detector:
        return None
    folder = Path(settings.image_folder)
    has_classes = folder.is_dir() and any(path.is_dir() for path in folder.iterdir())
    if not has_classes:
        return None
    return image_folder(folder, settings.form(network), settings.classes(network))


def _count(folder: ImageFolder, most: int | None) -> int:
    return len(folder.files) if most is None else min(most, len(folder.files))


def _top1(module: nn.Module, folder: ImageFolder, most: int | None) -> float:
    """Share of the labelled images, in percent, whose largest output is their class's."""
    count, right = _count(folder, most), 0
    labels = torch.tensor(folder.labels)
    with evaluating(module), torch.no_grad():
        for start in range(0, count, BATCH):
            stop = min(start + BATCH, count)
            logits = module(folder.images(start, stop))
            right += int((logits.argmax(1) == labels[start:stop]).sum())
    return 100 * right / count


def _prune(sparse: SparseNetwork, scheme: str, settings: FullSizeSettings, images: Tensor) -> None:
    options: dict[str, dict[str, object]] = {
        "dense": {},
        "dbb": {"weight_bound": settings.weight_bound, "activation_budget_points": None},
        "magnitude": {"density": settings.magnitude_density},
        "balanced": {"density": settings.balanced_density},
        "unbalanced": {"density": settings.balanced_density},
    }
    make: Callable[..., Scheme] = scheme_class(scheme)
    chosen = make(**options[scheme], fine_tune_epochs=0)
    chosen.prune(sparse, Samples(images, lambda _: 0.0))
    make_masks_permanent(sparse)
    if scheme == "dbb":
        set_bounds(sparse, _activation_bounds(sparse, images, settings.most_removed))


def _activation_bounds(
    sparse: SparseNetwork, images: Tensor, most_removed: float
) -> dict[str, int]:
    """A bound for each tensor, by the share of the nonzeros that it removes."""
    bounds: dict[str, int] = {}

    def record(tensor: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        if isinstance(tensor, StoredTensor):
            mask = np.ascontiguousarray((output != 0).numpy())
            bounds[tensor.name] = activation_bound(mask, most_removed)

    hooks = (tensor.register_forward_hook(record) for tensor in prunable_tensors(sparse))
    with temporary(hooks), evaluating(sparse.module), torch.no_grad():
        sparse.module(images)
    return bounds
