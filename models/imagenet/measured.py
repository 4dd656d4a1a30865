"""Traces of a user's trained network: pruned by a scheme, rounded to INT8, run on real images.

Nothing is fine-tuned, for that takes the training set; the top-1 accuracies say what the pruning
costs as it stands.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from models.compression.full_size import FullSizeScheme
from models.graph.modes import evaluating
from models.graph.stored_tensors import SparseNetwork
from models.imagenet import IMAGENET
from models.imagenet.full_size import full_size_network
from models.imagenet.image_folders import has_class_folders
from models.imagenet.pictures import (
    MOST_PHOTOGRAPHS,
    ImageFolder,
    bundled_photographs,
    image_folder,
)
from models.imagenet.settings import FullSizeSettings
from models.imagenet.trace_pictures import first_pictures
from models.imagenet.user_checkpoints import user_network
from models.networks import network_record
from models.tracing import trace_network
from sim import NetworkTrace, Provenance

BATCH = 16
"""Images that are in memory at a time."""


@dataclass(frozen=True)
class Top1:
    """Accuracy on the user's labelled images after each step, in percent.

    Scheme blockwise prunes after INT8 rounding: there, `pruned_percent` is the INT8 network before
    its blocks are zeroed and `int8_percent` with them. `fine_tuned_percent` lies between the two
    where there are pictures to train on (models.imagenet.fine_tuned).
    """

    images: int
    dense_percent: float
    pruned_percent: float
    int8_percent: float
    fine_tuned_percent: float | None = None


@dataclass(frozen=True)
class MeasuredTrace:
    """A trace, and the accuracies where the images have labels."""

    trace: NetworkTrace
    top1: Top1 | None


@dataclass(frozen=True)
class LabelledImages:
    """The labelled images that accuracies are measured on.

    Attributes:
        folder: images with labels.
        count: the first so many of them are used.
    """

    folder: ImageFolder
    count: int

    def top1_percent(self, network: SparseNetwork) -> float:
        """Share of the images, in percent, whose largest output is their class's."""
        right = 0
        labels = torch.tensor(self.folder.labels)
        with evaluating(network.module), torch.no_grad():
            for start in range(0, self.count, BATCH):
                stop = min(start + BATCH, self.count)
                logits = network.module(self.folder.images(start, stop))
                right += int((logits.argmax(1) == labels[start:stop]).sum())
        return 100 * right / self.count


def measured_trace(network: str, scheme: str, settings: FullSizeSettings) -> MeasuredTrace:
    """Prune, quantize and trace a user's network on the user's images (or the photographs).

    The first images of the folder are traced, and (some more of) them set the ranges of INT8
    activations.

    Raises:
        UserError: unknown network or scheme, or a checkpoint or images that do not fit.
    """
    pruning = settings.scheme(scheme)
    module, checkpoint = user_network(network, settings)
    images, description = first_pictures(network, settings)
    labelled = labelled_images(network, settings)
    shapes = full_size_network(network, settings, weights=False)
    sparse = SparseNetwork(module)
    words, top1 = _compress(sparse, pruning, images, _calibration(network, settings), labelled)
    provenance = Provenance(
        suite=IMAGENET,
        network=network,
        scheme=scheme,
        weight_source="measured",
        activation_source="measured",
        data=f"weights: {checkpoint.name}, {words or f'{scheme} without fine-tuning'}; "
        f"activations: {description}",
    )
    return MeasuredTrace(trace_network(shapes, sparse, images, provenance), top1)


def _compress(
    sparse: SparseNetwork,
    scheme: FullSizeScheme,
    images: Tensor,
    calibration: Tensor,
    labelled: LabelledImages | None,
) -> tuple[str | None, Top1 | None]:
    """Prune a network and round it to INT8, in place; what the scheme did, and the accuracies."""
    percent = None if labelled is None else labelled.top1_percent
    steps: list[float] = []

    def judge() -> None:
        if percent is not None:
            steps.append(percent(sparse))

    judge()
    words = scheme.prune_and_round(sparse, images, calibration, percent, after_step=judge)
    return words, None if labelled is None else Top1(labelled.count, *steps)


def labelled_images(network: str, settings: FullSizeSettings) -> LabelledImages | None:
    """The labelled images of the image folder, at most so many as the settings say; None = none.

    Raises:
        UserError: as models.imagenet.image_folders.picture_files.
    """
    path, most = settings.inputs.folder, settings.inputs.test_images
    if path is None or network_record(network).detector:
        return None
    class_list = settings.inputs.class_list
    if class_list is None and not has_class_folders(path):
        return None
    form, classes = settings.shape.form(network), settings.shape.classes(network)
    folder = image_folder(path, form, classes, class_list)
    total = len(folder.files)
    return LabelledImages(folder, total if most is None else min(most, total))


def _calibration(network: str, settings: FullSizeSettings) -> Tensor:
    count, form = settings.inputs.calibration_images, settings.shape.form(network)
    if settings.inputs.folder is None:
        return bundled_photographs(min(count, MOST_PHOTOGRAPHS), form)
    return image_folder(settings.inputs.folder, form, None).images(0, count)
