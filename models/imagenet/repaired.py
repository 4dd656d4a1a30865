"""Traces of networks that were pruned without their training set and repaired on other pictures.

Of the pictures at hand one half repairs and sets the ranges of INT8, the other half judges and is
traced. Without labels a network is judged by how far it answers as the dense one does.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from models.compression.activation_dbb import bounds_by_share, choose_bounds, set_bounds
from models.compression.full_size import ModelledScheme
from models.compression.quantization import fold_batch_norm, quantize
from models.compression.repair.agreement import Agreement, agreement, logits
from models.compression.repair.importance import prune_by_importance
from models.compression.repair.reconstruct import Method, Repair, repair_networks
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
class Judge:
    """Pictures that nothing is chosen on, and what the dense network says of them.

    Attributes:
        views: of these pictures, (N, C, H, W).
        reference: outputs of the dense network on them.
        whole: each picture as a whole.
        labels: of these; None = not known.
    """

    views: Tensor
    reference: Tensor
    whole: Tensor
    labels: Tensor | None

    def judge(self, module: nn.Module, repair: Method, numbers: Numbers) -> Judgement:
        """How a network does on them."""
        agreed = agreement(self.reference, logits(module, self.views))
        count = len(self.whole)
        if self.labels is None:
            return Judgement(repair, numbers, agreed, count, 0, 0)
        right = int((logits(module, self.whole).argmax(1) == self.labels).sum())
        return Judgement(repair, numbers, agreed, count, count, right)


@dataclass(frozen=True, kw_only=True)
class RepairBench:
    """A trained network, the views that repair it and those that judge it.

    Attributes:
        dense: with batch norm folded.
        fitted: views, (N, C, H, W), that choose weights, repair them and set ranges of INT8.
        fitted_pictures: that these are of.
        judge: of other pictures.
        checkpoint: where the weights come from.
        folder: where the pictures come from.
        seed: of what repair draws.
        bound_budget_points: of agreement on the fitted views that bounds of activations may cost;
            None = each may remove a share of its tensor, which the scheme states.
    """

    dense: SparseNetwork
    fitted: Tensor
    fitted_pictures: int
    judge: Judge
    checkpoint: Path
    folder: Path
    seed: int
    bound_budget_points: float | None = None

    @classmethod
    def of(cls, network: str, settings: FullSizeSettings) -> "RepairBench":
        """Load a network with a checkpoint, and views of a folder of pictures.

        Raises:
            UserError: they are not stated, or do not fit.
        """
        inputs = settings.inputs
        if inputs.checkpoint is None or inputs.folder is None or settings.pictures.repair is None:
            raise UserError(f"{network}: repair needs a checkpoint and an image_folder")
        module, path = user_network(network, settings)
        dense = SparseNetwork(module.eval())
        fold_batch_norm(dense)
        folder = image_folder(inputs.folder, settings.shape.form(network), None)
        fitted, judge = _fitted_views(folder, settings), _judge(folder, settings, dense)
        budget = settings.pictures.bound_budget_points
        return cls(
            dense=dense,
            fitted=fitted,
            fitted_pictures=len(fitted) // settings.pictures.fitted_views,
            judge=judge,
            checkpoint=path,
            folder=inputs.folder,
            seed=settings.seed,
            bound_budget_points=budget,
        )

    @property
    def spread(self) -> Tensor:
        """Some of the fitted views, evenly over all pictures."""
        return self.fitted[_spread(len(self.fitted))]

    def pruned(self, scheme: ModelledScheme) -> SparseNetwork:
        """The network pruned, not repaired yet."""
        sparse = copy.deepcopy(self.dense)
        prune_by_importance(sparse, scheme.pruning, self.spread)
        if scheme.activations_removed is not None:
            set_bounds(sparse, self._bounds(scheme.activations_removed))
        return sparse

    def _bounds(self, most_removed: float) -> dict[str, int]:
        """Bounds of activations, chosen on the network with all its weights."""
        if self.bound_budget_points is None:
            return bounds_by_share(self.dense, self.spread[::3], most_removed)
        network = copy.deepcopy(self.dense)
        reference = logits(network.module, self.fitted)

        def agreed_percent() -> float:
            same = agreement(reference, logits(network.module, self.fitted)).same
            return 100 * same / len(self.fitted)

        return choose_bounds(network, self.spread[::3], agreed_percent, self.bound_budget_points)

    def repaired(
        self, pruned: SparseNetwork, scheme: ModelledScheme, methods: Sequence[Method]
    ) -> list[SparseNetwork]:
        """Copies of the pruned network, repaired by each of some methods."""
        repairs = [
            (copy.deepcopy(pruned), Repair(method=method, seed=self.seed, kept_in=scheme.kept_in))
            for method in methods
        ]
        repair_networks(self.dense, repairs, self.fitted)
        return [sparse for sparse, _ in repairs]


def repaired_trace(
    network: str, scheme: str, settings: FullSizeSettings, suite: str = IMAGENET
) -> Repaired:
    """Prune a trained network by a scheme, repair it, round it to INT8 and trace it.

    Weaker repairs than the one asked for are judged too, so that it shows what each is worth.

    Raises:
        UserError: unknown scheme, no checkpoint, or pictures that do not fit.
    """
    pruning = settings.modelled_scheme(network, scheme)
    bench = RepairBench.of(network, settings)
    methods = repairs_of(scheme, settings)
    sparse, judgements = judged_repairs(bench, bench.pruned(pruning), pruning, methods)
    images = bench.judge.whole[: settings.images]
    provenance = Provenance(
        suite,
        network,
        scheme,
        "measured",
        "measured",
        f"weights: {bench.checkpoint.name}, {scheme}, repair {judgements[-1].repair}; activations: "
        f"{len(images)} of the pictures of folder {bench.folder.name} that repair did not see",
    )
    shapes = full_size_network(network, settings, weights=False)
    return Repaired(trace_network(shapes, sparse, images, provenance), judgements)


def judged_repairs(
    bench: RepairBench,
    pruned: SparseNetwork,
    pruning: ModelledScheme,
    methods: Sequence[Method],
) -> tuple[SparseNetwork, tuple[Judgement, ...]]:
    """A pruned network after the last of some repairs, in INT8, and how each step does.

    All are judged in floating point; the last judgement is of what is returned.
    """
    networks = bench.repaired(pruned, pruning, methods)
    judgements = [
        bench.judge.judge(network.module, method, "float")
        for network, method in zip(networks, methods, strict=True)
    ]
    sparse, method = networks[-1], methods[-1]
    quantize(sparse, bench.spread, VIEWS_AT_ONCE)
    judgements.append(bench.judge.judge(sparse.module, method, "int8"))
    return sparse, tuple(judgements)


def repairs_of(scheme: str, settings: FullSizeSettings) -> tuple[Method, ...]:
    """The repair asked for, behind all weaker ones; an unpruned network needs none."""
    most = settings.pictures.repair or "none"
    methods: tuple[Method, ...] = get_args(Method)
    return ("none",) if scheme == "dense" else methods[: methods.index(most) + 1]


def _spread(count: int) -> Tensor:
    """Indices of some of `count` views, evenly over all pictures."""
    return torch.linspace(0, count - 1, min(count, MEASURED_VIEWS)).round().long()


def _fitted_views(folder: ImageFolder, settings: FullSizeSettings) -> Tensor:
    """Views of every second picture of the folder, of further ones, and of the bundled two."""
    pictures = settings.pictures
    files = list(folder.files[0::2][: pictures.fitted_pictures])
    if pictures.more_pictures is not None:
        files += image_folder(Path(pictures.more_pictures), folder.form, None).files
    photographs = [*(read_picture(path) for path in files), *bundled_originals()]
    return random_views(photographs, pictures.fitted_views, folder.form, settings.seed)


def _judge(folder: ImageFolder, settings: FullSizeSettings, dense: SparseNetwork) -> Judge:
    """Of the other pictures: views, whole ones, labels and what the dense network says of them."""
    pictures = settings.pictures
    files = folder.files[1::2][: pictures.judged_pictures]
    if not files:
        raise UserError(f"{settings.inputs.folder}: one picture; repair needs at least two")
    photographs = [read_picture(path) for path in files]
    views = random_views(photographs, pictures.judged_views, folder.form, settings.seed + 1)
    whole = replace(folder, files=files).images()
    labels = torch.tensor([_label(path) for path in files]) if pictures.labels_in_names else None
    return Judge(views, logits(dense.module, views), whole, labels)


def _label(path: Path) -> int:
    label = path.stem.rpartition("_")[2]
    if not label.isdecimal():
        raise UserError(f"{path}: no class number at the end of its name (labels_in_names is true)")
    return int(label)
