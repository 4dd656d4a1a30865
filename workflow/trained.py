"""The data set and the architecture that a checkpoint of this pipeline belongs to."""

from pathlib import Path
from typing import Any

from torch import Tensor, nn

from models.checkpoints import read_metadata
from models.datasets import Dataset, load
from models.datasets.canvases import NAME as CANVASES
from models.datasets.detection_files import read_detection_set
from models.datasets.detection_set import DetectionSet
from models.datasets.files import read_dataset
from models.networks import build
from sim.errors import UserError


def origin_of(path: Path) -> dict[str, Any]:
    """The metadata of a checkpoint of this pipeline.

    Raises:
        UserError: not a checkpoint of this pipeline.
    """
    metadata = read_metadata(path)
    missing = [key for key in ("suite", "network", "seed", "build") if key not in metadata]
    if missing:
        raise UserError(
            f"{path}: its metadata lacks {', '.join(missing)}; "
            "expected a checkpoint of workflow.steps.train or .compress"
        )
    return metadata


def _demand(path: Path, key: str, found: object, expected: str) -> None:
    if found != expected:
        raise UserError(f"{path}: holds {key} {found!r}, expected {expected!r}")


def dataset_of(path: Path, suite: str, file: Path | None = None) -> Dataset:
    """The data that the network in a checkpoint was trained on.

    Args:
        path: the checkpoint.
        suite: which suite it must be of.
        file: of workflow.steps.dataset; None = draw the images again.

    Raises:
        UserError: not a checkpoint of this pipeline, or of another suite; a file of other data.
    """
    metadata = origin_of(path)
    _demand(path, "suite", metadata["suite"], suite)
    return drawn(suite, metadata["seed"], file)


def drawn(suite: str, seed: int, file: Path | None) -> Dataset:
    """The data of a suite from its file, or drawn again where there is none; errors likewise."""
    return load(suite, seed) if file is None else read_dataset(file, suite, seed)


def held_out_images(path: Path, suite: str, file: Path | None = None) -> Tensor:
    """The held-out images (N, C, H, W) of the data that the network in a checkpoint was trained on.

    Arguments and errors as `dataset_of`; of canvases there must be a file.
    """
    if suite != CANVASES:
        return dataset_of(path, suite, file).test_images
    return detection_set_of(path, suite, file).test_images


def detection_set_of(path: Path, suite: str, file: Path | None) -> DetectionSet:
    """The canvases that the detector in a checkpoint was trained on; arguments as `dataset_of`.

    Raises:
        UserError: also if there is no file: canvases take long to draw.
    """
    metadata = origin_of(path)
    _demand(path, "suite", metadata["suite"], suite)
    if file is None:
        raise UserError(f"{suite} needs --dataset, the file of workflow.steps.canvases")
    return read_detection_set(file, suite, metadata["seed"])


def network_of(path: Path, network: str) -> nn.Module:
    """A network built like the one in a checkpoint, with random weights.

    Raises:
        UserError: not a checkpoint of this pipeline, or of another network.
    """
    metadata = origin_of(path)
    _demand(path, "network", metadata["network"], network)
    return build(network, **metadata["build"])
