"""Small folders of labelled pictures and a checkpoint, as a user might bring them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from safetensors.torch import save_file

from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings

NETWORK = "mobilenet_v1_relu6"
CLASSES = ("bars", "rows")


def draw(folder: Path, each: int, seed: int) -> Path:
    """A folder with `each` pictures of upright and of lying stripes."""
    rng = np.random.default_rng(seed)
    for name in CLASSES:
        (folder / name).mkdir(parents=True)
        for index in range(each):
            lines = rng.integers(0, 256, (1, 10, 3), np.uint8).repeat(10, 0)
            picture = lines if name == "bars" else lines.transpose(1, 0, 2)
            scaled = Image.fromarray(picture).resize((48, 48), Image.Resampling.NEAREST)
            scaled.save(folder / name / f"{index}.png")
    return folder


def values(root: Path, **changes: Any) -> Mapping[str, Any]:
    """Keys of section imagenet for a small network, whose folders and weights are made."""
    form = {"width": 0.25, "input_height": 32, "input_width": 32, "num_classes": len(CLASSES)}
    checkpoint = root / "start.safetensors"
    module = full_size_network(NETWORK, FullSizeSettings.of(form), weights=True)
    save_file(module.state_dict(), checkpoint)
    return {
        **form,
        "images": 2,
        "checkpoint": str(checkpoint),
        "image_folder": str(draw(root / "val", 4, seed=1)),
        "train_folder": str(draw(root / "train", 8, seed=0)),
        "fine_tune_epochs": 2,
        "fine_tune_batch_size": 4,
        "kept_every_steps": 2,
        **changes,
    }
