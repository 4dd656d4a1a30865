"""Traces of networks that were pruned without their training set and repaired on other pictures.

Of the pictures at hand one half repairs and sets the ranges of INT8, the other half judges and is
traced. Without labels a network is judged by how far it answers as the dense one does.
"""

import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from models.compression.activation_dbb import bounds_by_share, set_bounds
from models.compression.full_size import ModelledScheme
from models.compression.quantization import fold_batch_norm, quantize
from models.compression.repair.agreement import Agreement, agreement, logits
from models.compression.repair.importance import prune_by_importance
from models.compression.repair.reconstruct import Method, Repair, repair_network
from models.compression.repair.walk import VIEWS_AT_ONCE
from models.graph.stored_tensors import SparseNetwork
from models.imagenet import IMAGENET
from models.imagenet.full_size import full_size_network
from models.imagenet.picture_reading import read_picture
from models.imagenet.pictures import (
    ImageFolder,
    bundled_originals,
    image_folder,
)
from models.imagenet.settings import FullSizeSettings
from models.imagenet.user_checkpoints import user_network
from models.imagenet.views import random_views
from models.tracing import trace_network
from sim import NetworkTrace, Provenance
from sim.errors import UserError

MEASURED_VIEWS = 48
"""Views on which inputs are measured for the choice of weights, and the ranges of INT8."""


Numbers = Literal["float", "int8"]


@dataclass(frozen=True)
class Judgement:
    """How a network does on pictures that nothing was chosen on.

    Attributes:
        repair: what was done to it.
        numbers: whether its weights and activations are float or INT8.
        agreement: with the dense float network, on views of these pictures.
        pictures: how many these are.
        labelled: those with a label, each seen once as a whole.
        right: how many of them it names.
    """

    repair: Method
    numbers: Numbers
    agreement: Agreement
    pictures: int
    labelled: int
    right: int


@dataclass(frozen=True)
class Repaired:
    """A trace, and how the network does at each step; the last is the one that is traced."""

    trace: NetworkTrace
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True)
class _Judge:
    views: Tensor
    reference: Tensor
    whole: Tensor
    labels: Tensor | None

    def judge(
        self, module: nn.Module, repair: Method, numbers: Literal["float", "int8"]
    ) -> Judgement:
        agreed = agreement(self.reference, logits(module, self.views))
        count = len(self.whole)
        if self.labels is None:
            return Judgement(repair, numbers, agreed, count, 0, 0)
        right = int((logits(module, self.whole).argmax(1) == self.labels).sum())
        return Judgement(repair, numbers, agreed, count, count, right)


def repaired_trace(
    network: str, scheme: str, settings: FullSizeSettings, suite: str = IMAGENET
) -> Repaired:
    """Prune a trained network by a scheme, repair it, round it to INT8 and trace it.

    Weaker repairs than the one asked for are judged too, so that it shows what each is worth.

    Raises:
        UserError: unknown scheme, no checkpoint, or pictures that do not fit.
    """
    inputs, repair = settings.inputs, settings.pictures.repair
    if inputs.checkpoint is None or inputs.folder is None or repair is None:
        raise UserError(f"{network}: repair needs a checkpoint and an image_folder")
    pruning = settings.modelled_scheme(network, scheme)
    module, path = user_network(network, settings)
    dense = SparseNetwork(module.eval())
    fold_batch_norm(dense)
    folder = image_folder(inputs.folder, settings.shape.form(network), None)
    fitted, judge = _fitted_views(folder, settings), _judge(folder, settings, dense)
    pruned = _pruned(dense, pruning, fitted)
    judgements = []
    for method in _methods(scheme, repair):  # one after another: two at once take the memory twice
        sparse = copy.deepcopy(pruned)
        how = Repair(method=method, seed=settings.seed, kept_in=pruning.kept_in)
        repair_network(dense, sparse, fitted, how)
        judgements.append(judge.judge(sparse.module, method, "float"))
    quantize(sparse, fitted[_spread(len(fitted))], VIEWS_AT_ONCE)
    judgements.append(judge.judge(sparse.module, method, "int8"))
    images = judge.whole[: settings.images]
    provenance = Provenance(
        suite,
        network,
        scheme,
        "measured",
        "measured",
        f"weights: {path.name}, {scheme}, repair {method}; activations: {len(images)} of the "
        f"pictures of folder {inputs.folder.name} that repair did not see",
    )
    shapes = full_size_network(network, settings, weights=False)
    return Repaired(trace_network(shapes, sparse, images, provenance), tuple(judgements))


def _methods(scheme: str, most: Method) -> tuple[Method, ...]:
    methods: tuple[Method, ...] = get_args(Method)
    return ("none",) if scheme == "dense" else methods[: methods.index(most) + 1]


def _spread(count: int) -> Tensor:
    """Indices of some of `count` views, evenly over all pictures."""
    return torch.linspace(0, count - 1, min(count, MEASURED_VIEWS)).round().long()


def _pruned(dense: SparseNetwork, scheme: ModelledScheme, fitted: Tensor) -> SparseNetwork:
    sparse, images = copy.deepcopy(dense), fitted[_spread(len(fitted))]
    prune_by_importance(sparse, scheme.pruning, images)
    if scheme.activations_removed is not None:
        set_bounds(sparse, bounds_by_share(dense, images[::3], scheme.activations_removed))
    return sparse


def _fitted_views(folder: ImageFolder, settings: FullSizeSettings) -> Tensor:
    """Views of every second picture of the folder, of further ones, and of the bundled two."""
    pictures = settings.pictures
    files = list(folder.files[0::2][: pictures.fitted_pictures])
    if pictures.more_pictures is not None:
        files += image_folder(Path(pictures.more_pictures), folder.form, None).files
    photographs = [*(read_picture(path) for path in files), *bundled_originals()]
    return random_views(photographs, pictures.fitted_views, folder.form, settings.seed)


def _judge(folder: ImageFolder, settings: FullSizeSettings, dense: SparseNetwork) -> _Judge:
    """Of the other pictures: views, whole ones, labels and what the dense network says of them."""
    pictures = settings.pictures
    files = folder.files[1::2][: pictures.judged_pictures]
    if not files:
        raise UserError(f"{settings.inputs.folder}: one picture; repair needs at least two")
    photographs = [read_picture(path) for path in files]
    views = random_views(photographs, pictures.judged_views, folder.form, settings.seed + 1)
    whole = replace(folder, files=files).images()
    labels = torch.tensor([_label(path) for path in files]) if pictures.labels_in_names else None
    return _Judge(views, logits(dense.module, views), whole, labels)


def _label(path: Path) -> int:
    label = path.stem.rpartition("_")[2]
    if not label.isdecimal():
        raise UserError(f"{path}: no class number at the end of its name (labels_in_names is true)")
    return int(label)
