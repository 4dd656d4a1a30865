"""Detection sets as safetensors files; see models.datasets.files."""

import json
from dataclasses import fields
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from models.datasets.detection_set import Annotated, DetectionSet
from sim.errors import UserError
from sim.files import intact

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
    path.write_bytes(save(tensors, {"detection_set": header}))


def read_detection_set(path: Path, suite: str, seed: int) -> DetectionSet:
    """The set in a file, which must be of this suite and seed.

    Raises:
        UserError: no such file, not a whole file of `write_detection_set`, or of another suite or
            seed.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such data set; make it with workflow.scripts.canvases")
    try:
        with safe_open(path, framework="pt") as file:
            found = json.loads((file.metadata() or {})["detection_set"])
            classes = found.pop("num_classes")
            train, validation, test = (
                Annotated(*(file.get_tensor(f"{name}.{part}") for part in PARTS)) for name in SETS
            )
    except (SafetensorError, OSError, KeyError, json.JSONDecodeError) as error:
        raise UserError(
            f"{path}: not a whole detection set ({error}); delete it and make it again with "
            "workflow.scripts.canvases"
        ) from error
    expected = {"suite": suite, "seed": seed}
    if found != expected:
        raise UserError(f"{path}: holds {found}, expected {expected}")
    intact(path)
    return DetectionSet(suite, train, validation, test, classes)
