"""Detection sets as safetensors files; see models.datasets.files."""

import json
from dataclasses import fields
from pathlib import Path

from safetensors.torch import save

from models.datasets.detection_set import Annotated, DetectionSet
from models.datasets.files import read_drawn

SETS = ("train", "validation", "test")
PARTS = tuple(field.name for field in fields(Annotated))


def write_detection_set(path: Path, data: DetectionSet, seed: int) -> None:
    """Write a set with the seed it was drawn from; the caller renames the file when whole."""
    header = json.dumps({"suite": data.name, "seed": seed, "num_classes": data.num_classes})
    tensors = {
        f"{name}.{part}": getattr(getattr(data, name), part).clone()
        for name in SETS
        for part in PARTS
    }
    path.write_bytes(save(tensors, {"canvases": header}))


def read_detection_set(path: Path, suite: str, seed: int) -> DetectionSet:
    """The set in a file, which must be of this suite and seed.

    Raises:
        UserError: no such file, not a whole file of `write_detection_set`, or of another suite or
            seed.
    """
    names = [f"{name}.{part}" for name in SETS for part in PARTS]
    header, tensors = read_drawn(path, names, "canvases", suite, seed)
    size = len(PARTS)
    train, validation, test = (
        Annotated(*tensors[start : start + size]) for start in range(0, len(names), size)
    )
    return DetectionSet(suite, train, validation, test, header["num_classes"])
