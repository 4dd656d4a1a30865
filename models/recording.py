"""A network of the user's and some inputs in, a trace of its zeros out: the short way in Python.

PyTorch is imported for a module of it alone, onnx and onnxruntime for an ONNX file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.extras import networks_extra, onnx_extra
from sim import NetworkTrace, Provenance
from sim.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor, nn

    Inputs = Tensor | npt.NDArray[np.generic] | Mapping[str, npt.NDArray[np.generic]]

SUITE = "yours"
"""What tables call the suite of a network that was not named in a configuration."""


def record(
    model: nn.Module | str | os.PathLike[str],
    inputs: Inputs,
    *,
    scheme: str = "dense",
    int8: bool | None = None,
    name: str | None = None,
    weights: str | None = None,
) -> NetworkTrace:
    """Run inputs through a network and note every zero of its weights and activations.

    A module of PyTorch is copied, pruned and rounded to INT8 beforehand; nothing is fine-tuned, and
    the same inputs set the ranges of the INT8 activations. An ONNX file of real numbers is pruned
    and rounded in the same way, and run as it is as well.

    Args:
        model: a trained `torch.nn.Module`, which is not changed (for INT8, torch.fx must be able to
            trace it), a program of `torch.export` (without INT8), or the path of an ONNX file,
            which needs no PyTorch.
        inputs: images as the network takes them, (N, C, H, W), or rows (N, features), scaled as in
            training; for an ONNX network of several inputs, arrays by their names.
        scheme: of `models.compression.schemes`; "dense" prunes nothing. The weights of an ONNX
            file are pruned by those that need no labels, with PyTorch.
        int8: whose zeros come first, those of the numbers rounded to INT8 or of the numbers as
            they are; the others are beside them (`NetworkTrace.other`) where both can be. False
            without a scheme notes real zeros alone: it takes any network (attention, functional
            calls, branches) and inputs of any type. None: INT8 for a module; an ONNX file is taken
            as it is, with real numbers or with the INT8 numbers that it is quantized to.
        name: what tables call the network; None takes the name of its class or file.
        weights: where the weights come from, for the provenance.

    Returns:
        Every layer with the zeros of its weights and inputs.

    Raises:
        UserError: no network, inputs of another shape or not finite, an unknown scheme, or a layer
            that is not understood.
    """
    if isinstance(model, str | os.PathLike):
        return _of_file(Path(model), inputs, scheme, int8, name, weights)
    with networks_extra("record()"):
        from models.module_recording import record_module
    origin = _origin(name or type(model).__name__, scheme, weights or "given weights")
    return record_module(model, inputs, origin, int8=int8 is not False)


def _of_file(
    path: Path, inputs: Any, scheme: str, int8: bool | None, name: str | None, weights: str | None
) -> NetworkTrace:
    if not path.is_file():
        raise UserError(
            f"{path}: no such file; record() takes a torch.nn.Module or the path of an ONNX file"
        )
    with onnx_extra(f"reading {path.name}"):
        from models.onnx_import.network import record_onnx
    origin = _origin(name or path.stem, scheme, weights or f"weights of {path.name}")
    return record_onnx(path, inputs, origin, int8)


def _origin(network: str, scheme: str, data: str) -> Provenance:
    return Provenance(
        suite=SUITE,
        network=network,
        scheme=scheme,
        weight_source="measured",
        activation_source="measured",
        data=data,
    )
