"""Where the network and the inputs of a command come from; PyTorch is imported when it must."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from models.command.arrays import Array, only_array
from models.command.onnx_input import SUFFIX, onnx_inputs
from models.extras import networks_extra
from models.recording import record
from sim.errors import UserError
from sim.network_trace import NetworkTrace
from sim.trace_file import read_trace
from sim.validation import require_positive

if TYPE_CHECKING:
    from torch import Tensor, nn

    from models.networks.network import InputForm

TRACE_SUFFIX = ".safetensors"
IMAGES = 2
"""Inputs that are run if nobody says how many."""
NUMBERS = {None: "", True: "--int8", False: "--float"}
"""The option that stands for a value of `int8`."""


@dataclass(frozen=True)
class CommandInput:
    """What a command was told about the network.

    Attributes:
        model: a trace file, an ONNX file, the name of a network, or `FILE.py:NAME` of a module or
            of a function that returns one.
        checkpoint: weights for a network by name; None = freshly drawn ones, which are no evidence.
        inputs: folder of pictures, or .npy/.npz of an array (N, C, H, W) scaled as in training; for
            ONNX also of several, by the names of the inputs.
        images: how many of the inputs are run; None = two.
        scheme: how the network is pruned.
        int8: whether it is rounded to INT8 before its zeros are noted; None: as `record`.
    """

    model: str
    checkpoint: Path | None
    inputs: Path | None
    images: int | None
    scheme: str
    int8: bool | None = None

    def trace(self) -> NetworkTrace:
        """Read the trace, or record it.

        Raises:
            UserError: no such network or file, or something that only another kind of model needs.
        """
        require_positive(images=self._count)
        if self.model.lower().endswith(TRACE_SUFFIX):
            self._refuse_extra_options()
            return read_trace(self.model)
        if self.model.lower().endswith(SUFFIX):
            return self._of_onnx(Path(self.model))
        with networks_extra(f"recording {self.model}"):
            network, name, form, weights = self._network()
            inputs = self._inputs(form)
        self._require_as_many(len(inputs))
        return record(
            network,
            inputs,
            scheme=self.scheme,
            int8=self.int8,
            name=name,
            weights=weights,
        )

    @property
    def _count(self) -> int:
        return IMAGES if self.images is None else self.images

    def _require_as_many(self, there: int) -> None:
        """Refuse inputs that are fewer than somebody asked for."""
        if self.images is not None and there < self.images:
            raise UserError(f"--images is {self.images}; {self.inputs} holds {there}")

    def _refuse_extra_options(self) -> None:
        """Refuse what would say how to record a trace that is there already."""
        given = {
            "--checkpoint": self.checkpoint is not None,
            "--inputs": self.inputs is not None,
            "--images": self.images is not None,
            "--scheme": self.scheme != "dense",
            NUMBERS[self.int8]: self.int8 is not None,
        }
        for option, stated in given.items():
            if stated:
                raise UserError(f"{option} does not go with a trace: {self.model} holds its zeros")

    def _of_onnx(self, path: Path) -> NetworkTrace:
        if self.checkpoint is not None:
            raise UserError(f"--checkpoint does not go with an ONNX file: {path} holds its weights")
        if not path.is_file():
            raise UserError(f"{path}: no such file")
        if self.inputs is None:
            raise UserError(
                f"{path} needs --inputs, an .npy or .npz file (N, ...) or a folder of pictures"
            )
        inputs = onnx_inputs(path, self.inputs, self._count)
        arrays = inputs.values() if isinstance(inputs, dict) else [inputs]
        self._require_as_many(min(map(len, arrays)))
        return record(path, inputs, scheme=self.scheme, int8=self.int8)

    def _network(self) -> tuple[nn.Module, str, InputForm | None, str]:
        if ".py:" in self.model:
            if self.checkpoint is not None:
                raise UserError("--checkpoint goes with a network by name; load it in your file")
            return _from_file(self.model), self.model.rpartition(":")[2], None, self.model
        if Path(self.model).suffix.lower() == ".py":
            raise UserError(f"{self.model}: add what it defines as the network: {self.model}:NAME")
        from models.networks import build, network_record

        record = network_record(self.model)
        network = build(self.model, num_classes=record.classes, in_channels=record.form.channels)
        if self.checkpoint is None:
            print(
                f"note: {self.model} without --checkpoint has random weights; its zeros are no "
                "evidence",
                file=sys.stderr,
            )
            return network, self.model, record.form, "random weights"
        from models.imagenet.user_checkpoints import load_user_checkpoint

        load_user_checkpoint(self.checkpoint, network)
        return network, self.model, record.form, f"weights: {self.checkpoint.name}"

    def _inputs(self, form: InputForm | None) -> Tensor | Array:
        from models.imagenet.pictures import bundled_photographs, image_folder

        if self.inputs is None:
            if form is None:
                raise UserError(f"{self.model} needs --inputs, an .npy or .npz file (N, C, H, W)")
            return bundled_photographs(self._count, form)
        if self.inputs.is_dir():
            if form is None:
                raise UserError(
                    f"{self.inputs} is a folder, but how {self.model} scales pictures is not "
                    "known; give an .npy or .npz file with scaled values"
                )
            return image_folder(self.inputs, form, None).images(0, self._count)
        with np.errstate(over="ignore"):  # what is too large is refused as not finite
            return only_array(self.inputs)[: self._count].astype(np.float32)


def _from_file(model: str) -> nn.Module:
    """The module that FILE.py:NAME names; the file is run, so it must be the user's own."""
    from torch import nn

    file, _, name = model.rpartition(":")
    path = Path(file)
    if not path.is_file():
        raise UserError(f"{path}: no such file")
    with _importing_from(path.parent):
        module = _run_file(path)
        if not hasattr(module, name):
            raise UserError(f"{path} defines no {name!r}")
        value = getattr(module, name)
        if not isinstance(value, nn.Module) and callable(value):
            try:
                value = value()
            except Exception as error:  # whatever the user's function raises
                raise UserError(f"{model}: {type(error).__name__}: {error}") from error
    if not isinstance(value, nn.Module):
        raise UserError(f"{model} is of type {type(value).__name__}; expected a torch.nn.Module")
    return value


@contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    """Find the modules beside a user's file, as `python FILE.py` does, but after all others."""
    place = str(folder.resolve())
    sys.path.append(place)
    try:
        yield
    finally:
        sys.path.remove(place)


def _run_file(path: Path) -> ModuleType:
    """The module of a user's file; it is registered, for dataclasses look their module up."""
    name = f"sparsebench_user_file_{path.stem}"  # never the name of another module
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UserError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever the user's file raises
        raise UserError(f"{path}: {type(error).__name__}: {error}") from error
    return module
