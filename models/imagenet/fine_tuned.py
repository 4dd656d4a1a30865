"""Traces of a user's network, pruned by a scheme and then fine-tuned on the user's pictures.

As with the networks that are trained here: weights stay masked, and activations that the scheme
bounds (S2TA's DAP) are pruned, while the rest is trained; then INT8. Every choice is made on
training pictures; the image folder judges and is traced.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.compression.quantization import quantize
from models.compression.scheme import Samples
from models.compression.weight_masks import make_masks_permanent
from models.graph.stored_tensors import SparseNetwork
from models.imagenet import IMAGENET
from models.imagenet.full_size import full_size_network
from models.imagenet.image_folders import folder_digest
from models.imagenet.measured import BATCH, MeasuredTrace, Top1, labelled_images
from models.imagenet.pictures import ImageFolder
from models.imagenet.settings import FullSizeSettings
from models.imagenet.trace_pictures import first_pictures
from models.imagenet.training_pictures import TrainingPictures, training_pictures
from models.imagenet.user_checkpoints import user_network
from models.tracing import trace_network
from models.training import train
from models.training.saved import SavedTraining
from sim import Provenance
from sim.errors import UserError
from sim.files import sha256


def fine_tuned_trace(
    network: str, scheme: str, settings: FullSizeSettings, state: Path | None = None
) -> MeasuredTrace:
    """Prune a user's network, fine-tune it, round it to INT8 and trace it.

    Args:
        network: its name.
        scheme: of pruning; one that only zeroes blocks after rounding is not fine-tuned.
        settings: with a checkpoint, an image folder and a training folder.
        state: where the training is kept while it runs, and from where an interrupted one goes on.

    Raises:
        UserError: unknown network or scheme, files that do not fit, or no GPU where one is asked
            for.
    """
    pruning = settings.modelled_scheme(network, scheme)
    pictures = training_pictures(network, settings)
    module, checkpoint = user_network(network, settings)
    judge = labelled_images(network, settings)
    if judge is None:
        raise UserError(f"{network}: has no labelled pictures to be judged on")
    sparse = SparseNetwork(module.eval())
    calibration = _calibration(network, pictures, settings)
    dense = judge.top1_percent(sparse)
    pruning.mask(sparse, Samples(calibration, None))
    pruned = judge.top1_percent(sparse)
    train(
        sparse.module,
        pictures,
        settings.training.recipe(settings.seed),
        hardware=settings.training.hardware,
        saved=None if state is None else _saved(state, network, scheme, settings),
    )
    make_masks_permanent(sparse)
    tuned = judge.top1_percent(sparse)
    quantize(sparse, calibration, BATCH)
    images, description = first_pictures(network, settings)
    shapes = full_size_network(network, settings, weights=False)
    epochs = settings.training.fine_tune_epochs
    provenance = Provenance(
        suite=IMAGENET,
        network=network,
        scheme=scheme,
        weight_source="measured",
        activation_source="measured",
        data=f"weights: {checkpoint.name}, {scheme}, {epochs} epochs of fine-tuning; "
        f"activations: {description}",
    )
    trace = trace_network(shapes, sparse, images, provenance)
    top1 = Top1(judge.count, dense, pruned, judge.top1_percent(sparse), fine_tuned_percent=tuned)
    return MeasuredTrace(trace, top1)


def _calibration(network: str, pictures: TrainingPictures, settings: FullSizeSettings) -> Tensor:
    """The first training pictures as networks are tested, for choices and ranges."""
    files = tuple(pictures.train_images.files)[: settings.inputs.calibration_images]
    return ImageFolder(files, None, settings.shape.form(network), "training pictures").images()


def _saved(state: Path, network: str, scheme: str, settings: FullSizeSettings) -> SavedTraining:
    """Where the training is kept, with all that decides it."""
    training, inputs = settings.training, settings.inputs
    folder, checkpoint = training.folder or Path(), Path(inputs.checkpoint or "")
    identity: dict[str, Any] = {
        "network": network,
        "scheme": [scheme, asdict(settings.scheme(scheme))],
        "shape": asdict(settings.shape),
        "recipe": asdict(training.recipe(settings.seed)),
        "calibration_images": inputs.calibration_images,
        "pictures": folder_digest(folder),
        "weights": sha256(checkpoint),
        "device": training.hardware.place.type,
        "torch": torch.__version__,
    }
    return SavedTraining(state, identity, training.kept_every_steps)
