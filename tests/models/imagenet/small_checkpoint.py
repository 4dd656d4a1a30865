"""A narrow network with random weights and six pictures: what a repair needs, in a second."""

from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.torch import save_file

from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings

NETWORK = "mobilenet_v1_relu6"


def draw_pictures(folder: Path) -> None:
    """Six smooth pictures with class numbers in their names."""
    rng = np.random.default_rng(0)
    for index in range(6):
        coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8))
        coarse.resize((80, 80), Image.Resampling.BICUBIC).save(folder / f"p{index}_{index}.png")


def small_settings(folder: Path) -> FullSizeSettings:
    """Settings that repair a network with these pictures; writes its weights beside the folder."""
    full_size = FullSizeSettings.of(
        {
            "width": 0.25,
            "input_height": 64,
            "input_width": 64,
            "num_classes": 10,
            "images": 2,
            "image_folder": str(folder),
            "checkpoint": str(folder.parent / f"{folder.name}.safetensors"),
            "repair": "reconstruct",
            "fitted_views": 6,
            "judged_views": 4,
            "labels_in_names": True,
        }
    )
    module = full_size_network(NETWORK, full_size, weights=True)
    save_file(module.state_dict(), full_size.inputs.checkpoint or "")
    return full_size
