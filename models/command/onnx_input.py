"""Inputs of an ONNX file on the command line: arrays by name, or a folder of pictures."""

import sys
from pathlib import Path

import numpy as np

from models.command.arrays import Array, read_arrays
from models.extras import onnx_extra
from models.networks.network import InputForm
from sim.errors import UserError

SUFFIX = ".onnx"
UNNAMED = {"", "arr_0"}
"""Names that NumPy gives an array of its own accord; any other must be that of an input."""
COLOURS = (1, 3)
"""Channels that a picture may be given with: grey, or red, green and blue."""


def onnx_inputs(model: Path, inputs: Path, images: int) -> Array | dict[str, Array]:
    """The first inputs for a network.

    Args:
        model: an ONNX file.
        inputs: .npy; .npz of one array without a name or of arrays by the names of the inputs; or a
            folder of pictures.
        images: how many.

    Raises:
        UserError: no such files, or pictures for a network that does not state what it takes.
    """
    if inputs.is_dir():
        return _pictures(model, inputs, images)
    arrays = read_arrays(inputs)
    for name, array in arrays.items():
        if not array.ndim:
            raise UserError(f"{inputs}: {name or 'the array'} is one number; expected images first")
    first = {name: array[:images] for name, array in arrays.items()}
    return next(iter(first.values())) if set(first) <= UNNAMED else first


def _pictures(model: Path, folder: Path, images: int) -> Array:
    """Pictures as torchvision evaluates them; how the network was trained is not in the file."""
    with onnx_extra(f"reading {model.name}"):
        from models.onnx_import.inputs import picture_axes
    size, channels_last = picture_axes(model)
    form = InputForm(size[1], size[2], size[0])
    if form.channels not in COLOURS:
        raise UserError(
            f"{model} takes {form.channels} channels; expected 1 or 3 for pictures, otherwise give "
            "an .npy or .npz file"
        )
    with onnx_extra(f"reading pictures of {folder.name}"):
        from models.imagenet.image_folders import picture_files
        from models.imagenet.picture_reading import evaluation_crop, network_values, read_picture
    if form.channels == 1:
        form = InputForm(form.height, form.width, 1, mean=(0.0,), std=(1.0,))
    values = [
        network_values(evaluation_crop(file, read_picture(file), form.height, form.width), form)
        for file in picture_files(folder, None).files[:images]
    ]
    print(
        f"note: pictures are cropped as torchvision does and scaled to mean {form.mean} and "
        f"deviation {form.std}, which {model.name} does not state; give an .npy or .npz file for "
        "another scaling",
        file=sys.stderr,
    )
    stacked = np.stack(values)
    return np.ascontiguousarray(stacked.transpose(0, 2, 3, 1)) if channels_last else stacked
