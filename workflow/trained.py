"""The data set and the architecture that a checkpoint of this pipeline belongs to."""

from pathlib import Path
from typing import Any

from torch import nn

from models.checkpoints import read_metadata
from models.datasets import Dataset, load
from models.datasets.files import read_dataset
from models.networks import build
from sim.errors import UserError


def _origin(path: Path) -> dict[str, Any]:
    metadata = read_metadata(path)
    missing = [key for key in ("suite", "network", "seed", "build") if key not in metadata]
    if missing:
        raise UserError(
            f"{path}: its metadata lacks {', '.join(missing)}; "
            "expected a checkpoint of workflow.scripts.train or .compress"
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
        file: of workflow.scripts.dataset; None = draw the images again.

    Raises:
        UserError: not a checkpoint of this pipeline, or of another suite; a file of other data.
    """
    metadata = _origin(path)
    _demand(path, "suite", metadata["suite"], suite)
    return drawn(suite, metadata["seed"], file)


def drawn(suite: str, seed: int, file: Path | None) -> Dataset:
    """The data of a suite from its file, or drawn again where there is none; errors likewise."""
    return load(suite, seed) if file is None else read_dataset(file, suite, seed)


def network_of(path: Path, network: str) -> nn.Module:
    """A network built like the one in a checkpoint, with random weights.

    Raises:
        UserError: not a checkpoint of this pipeline, or of another network.
    """
    metadata = _origin(path)
    _demand(path, "network", metadata["network"], network)
    return build(network, **metadata["build"])
