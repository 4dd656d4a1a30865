"""Data sets as safetensors files, so that drawing images is done once and not in every job."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from models.datasets.dataset import Dataset
from sim.errors import UserError
from sim.files import intact

PARTS = ("train_images", "train_labels", "test_images", "test_labels")


def write_dataset(path: Path, dataset: Dataset, seed: int) -> None:
    """Write a data set with the seed it was drawn from; the caller renames the file when whole."""
    header = json.dumps({"suite": dataset.name, "seed": seed})
    # A held-out part is a slice of all images; a file holds each part on its own.
    tensors = {name: getattr(dataset, name).clone() for name in PARTS}
    path.write_bytes(save(tensors, {"dataset": header}))


def read_dataset(path: Path, suite: str, seed: int) -> Dataset:
    """The data set in a file, which must be of this suite and seed.

    Raises:
        UserError: no such file, not a whole file of `write_dataset`, or of another suite or seed.
    """
    _, tensors = read_drawn(path, PARTS, "dataset", suite, seed)
    return Dataset(suite, *tensors)


def read_drawn(
    path: Path, names: Sequence[str], step: str, suite: str, seed: int
) -> tuple[dict[str, Any], list[Tensor]]:
    """Header and tensors of a file of data that were drawn from a seed.

    Args:
        path: the file.
        names: of the tensors.
        step: of workflow.steps that makes such files; also the key of their header.
        suite: what the header must say.
        seed: likewise.

    Raises:
        UserError: no such file, not a whole one, without the header, or of another suite or seed.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such data set; make it with workflow.steps.{step}")
    try:
        with safe_open(path, framework="pt") as file:
            header = json.loads((file.metadata() or {})[step])
            tensors = [file.get_tensor(name) for name in names]
    except (SafetensorError, OSError, KeyError, json.JSONDecodeError) as error:
        raise UserError(
            f"{path}: not a whole data set ({error}); delete it and make it again with "
            f"workflow.steps.{step}"
        ) from error
    expected = {"suite": suite, "seed": seed}
    described = {key: header.get(key) for key in expected}
    if described != expected:
        raise UserError(f"{path}: holds {described}, expected {expected}")
    intact(path)
    return header, tensors
