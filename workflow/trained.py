"""The data set and the architecture that a checkpoint of this pipeline belongs to."""

import json
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from models.checkpoints import Checkpoint, read_checkpoint
from models.datasets import Dataset, load
from models.datasets.canvases import NAME as CANVASES
from models.datasets.detection_files import read_detection_set
from models.datasets.detection_set import DetectionSet
from models.datasets.files import read_dataset
from models.networks import build
from sim.errors import UserError
from sim.files import intact
from sim.validation import require_fraction


def trained_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint of this pipeline, once for everything that a job takes from it.

    Raises:
        UserError: not a whole checkpoint, or not one of this pipeline.
    """
    checkpoint = read_checkpoint(path)
    missing = [
        key for key in ("suite", "network", "seed", "build") if key not in checkpoint.metadata
    ]
    if missing:
        raise UserError(
            f"{path}: its metadata lacks {', '.join(missing)}; "
            "expected a checkpoint of workflow.steps.train or .compress"
        )
    return checkpoint


def _demand(checkpoint: Checkpoint, key: str, expected: str) -> None:
    value = checkpoint.metadata[key]
    if value != expected:
        raise UserError(f"{checkpoint.path}: holds {key} {value!r}, expected {expected!r}")


def dataset_of(checkpoint: Checkpoint, suite: str, file: Path | None = None) -> Dataset:
    """The data that the network in a checkpoint was trained on.

    Args:
        checkpoint: of the network.
        suite: which suite it must be of.
        file: of workflow.steps.dataset; None = draw the images again.

    Raises:
        UserError: a checkpoint of another suite; a file of other data.
    """
    _demand(checkpoint, "suite", suite)
    return drawn(suite, checkpoint.metadata["seed"], file)


def drawn(suite: str, seed: int, file: Path | None) -> Dataset:
    """The data of a suite from its file, or drawn again where there is none."""
    return load(suite, seed) if file is None else read_dataset(file, suite, seed)


def held_out_images(checkpoint: Checkpoint, suite: str, file: Path | None = None) -> Tensor:
    """The held-out images (N, C, H, W) of the data that the network in a checkpoint was trained on.

    Arguments and errors as `dataset_of`; of canvases there must be a file.
    """
    if suite != CANVASES:
        return dataset_of(checkpoint, suite, file).test_images
    return detection_set_of(checkpoint, suite, file).test_images


def detection_set_of(checkpoint: Checkpoint, suite: str, file: Path | None) -> DetectionSet:
    """The canvases that the detector in a checkpoint was trained on; arguments as `dataset_of`.

    Raises:
        UserError: also if there is no file: canvases take long to draw.
    """
    _demand(checkpoint, "suite", suite)
    if file is None:
        raise UserError(f"{suite} needs --dataset, the file of workflow.steps.canvases")
    return read_detection_set(file, suite, checkpoint.metadata["seed"])


def network_of(checkpoint: Checkpoint, network: str) -> nn.Module:
    """A network built like the one in a checkpoint, with random weights.

    Raises:
        UserError: a checkpoint of another network.
    """
    _demand(checkpoint, "network", network)
    return build(network, **checkpoint.metadata["build"])


def top1_percent(metrics: Path, suite: str, network: str) -> float:
    """Share of the test images that a trained network names right, as its training measured it.

    Raises:
        UserError: not metrics of workflow.steps.train, or those of another network.
    """
    try:
        values: Any = json.loads(intact(metrics).read_text(encoding="utf-8"))
        trained = f"{values['suite']}/{values['network']}"
        share = float(values["top1"])
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(
            f"{metrics}: expected metrics of workflow.steps.train ({error!r})"
        ) from error
    if trained != f"{suite}/{network}":
        raise UserError(f"{metrics}: of {trained}, expected {suite}/{network}")
    require_fraction(top1=share)
    return 100 * share
