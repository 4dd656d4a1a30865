"""Traces of a module of PyTorch: as it is, or pruned and rounded to INT8."""

import copy
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.export import ExportedProgram
from torch.nn.parameter import UninitializedParameter

from models.compression.full_size import FullSizeScheme
from models.compression.quantization import fold_batch_norm
from models.compression.schemes import full_size_scheme
from models.dispatched import record_any
from models.graph.layer_table import layer_table
from models.graph.modes import evaluating
from models.graph.stored_tensors import SparseNetwork
from models.products import AS_IT_IS, ROUNDED, pruned_words, with_data
from models.tracing import trace_network
from models.training import repeatable
from sim import NetworkTrace, Provenance
from sim.errors import UserError
from sim.validation import shown

QUANTIZED = (
    "torch.ao.nn.quantized",
    "torch.ao.nn.intrinsic.quantized",
    "torch.nn.quantized",
    "torch.nn.intrinsic.quantized",
)
"""Packages of modules whose weights are integers in a form of their own."""
ANY_NETWORK = "int8=False (--float) takes any network, unpruned"
"""What a message ends on where the numbers as they are would do."""


def record_module(
    model: object, inputs: object, origin: Provenance, *, int8: bool = True
) -> NetworkTrace:
    """Prune a copy of a module, round it to INT8, run inputs through it and note every zero.

    Args:
        model: a `torch.nn.Module`, which is not changed, or a program of `torch.export`.
        inputs: an array or a tensor, images first.
        origin: with the scheme; how the numbers are kept is added to its data.
        int8: False puts the zeros of the numbers as they are first, and without pruning notes
            those alone.

    Raises:
        UserError: as `models.recording.record`.
    """
    if isinstance(model, ExportedProgram):
        model = model.module()
    if not isinstance(model, nn.Module):
        raise UserError(
            "record() takes a torch.nn.Module or the path of an ONNX file first, not "
            f"{type(model).__name__}"
        )
    scheme = origin.scheme
    settings = full_size_scheme(scheme)
    model = _plain(model)
    _check_weights(model)
    images = _tensor(inputs)
    _check_values(images)
    if not int8 and scheme == "dense":
        return record_any(
            _with_parameters(model, images), images, with_data(origin, AS_IT_IS, len(images))
        )
    trace = _both_forms(model, _checked(images), settings(), origin)
    if int8:
        return trace
    if trace.other is None:
        raise UserError(f"scheme {scheme} prunes what INT8 rounding leaves; leave out int8=False")
    return replace(trace.other, other=replace(trace, other=None))


def _both_forms(
    model: nn.Module, images: Tensor, scheme: FullSizeScheme, origin: Provenance
) -> NetworkTrace:
    """The zeros of a pruned copy in INT8, with those before it was rounded."""
    shapes = _copied(model).cpu().eval()
    _try_out(shapes, images[:1])
    try:
        sparse = SparseNetwork(copy.deepcopy(shapes))
        layer_table(shapes, tuple(images.shape[1:]))
        _check_forward(sparse)
        if not sparse.layers:
            raise UserError(f"{type(model).__name__} has no convolution and no linear layer")
        fold_batch_norm(SparseNetwork(copy.deepcopy(shapes)))
    except UserError as error:
        raise UserError(f"{error}; {ANY_NETWORK}") from error
    real: list[NetworkTrace] = []

    def keep_real() -> None:
        """Of the two steps of pruning and rounding, after the first."""
        if not real and not scheme.after_rounding:
            words = pruned_words(origin) + AS_IT_IS
            provenance = with_data(origin, words, len(images))
            real.append(trace_network(shapes, sparse, images, provenance))

    with repeatable(seed=0, threads=torch.get_num_threads()):
        words = scheme.prune_and_round(sparse, images, images, after_step=keep_real)
        words = f"{words or f'{origin.scheme} without fine-tuning'}, {ROUNDED}"
        trace = trace_network(shapes, sparse, images, with_data(origin, words, len(images)))
    return replace(trace, other=real[0] if real else None)


def _tensor(inputs: object) -> Tensor:
    if not isinstance(inputs, Tensor | np.ndarray):
        raise UserError(f"inputs is a {type(inputs).__name__}; expected an array or a tensor")
    if inputs.ndim == 0:
        raise UserError("inputs is one number; expected an array or a tensor, images first")
    if isinstance(inputs, Tensor):
        return inputs
    try:  # PyTorch takes neither a turned axis nor another machine's order of bytes
        return torch.as_tensor(np.ascontiguousarray(inputs, inputs.dtype.newbyteorder("=")))
    except TypeError as error:
        raise UserError(f"inputs are {inputs.dtype}; expected numbers that PyTorch has") from error


def _checked(inputs: Tensor) -> Tensor:
    images = inputs.detach().cpu()
    if not images.is_floating_point() or images.ndim < 2 or len(images) == 0:
        raise UserError(
            f"inputs are {images.dtype} of shape {tuple(images.shape)}; expected real numbers "
            "(N, C, H, W) or (N, features), N at least 1, scaled as in training"
        )
    images = images.to(torch.float32)
    _check_values(images)  # some are finite in double precision alone
    return images


def _check_values(images: Tensor) -> None:
    if not bool(torch.isfinite(images).all()):
        raise UserError("inputs hold values that are not finite numbers")


def _plain(model: nn.Module) -> nn.Module:
    """The module that a compiled or distributed one stands for, with the same weights."""
    while True:
        if isinstance(model, torch.jit.ScriptModule):
            kind = type(model).__name__
            raise UserError(f"{kind} is a TorchScript program; expected the module it was made of")
        inner = getattr(model, "_orig_mod", None)
        if isinstance(model, nn.DataParallel | nn.parallel.DistributedDataParallel):
            inner = model.module
        if not isinstance(inner, nn.Module):
            return model
        model = inner


def _copied(model: nn.Module) -> nn.Module:
    try:
        return copy.deepcopy(model)
    except Exception as error:  # whatever a module holds
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise UserError(
            f"{type(model).__name__} cannot be copied ({shown(reason)}); weights that are computed "
            "from others are made plain by torch.nn.utils.remove_weight_norm and its like; "
            f"{ANY_NETWORK}"
        ) from error


def _with_parameters(model: nn.Module, images: Tensor) -> nn.Module:
    """The module, or a copy in which lazy parameters got their shapes from the first image."""
    if not any(isinstance(values, UninitializedParameter) for values in model.parameters()):
        return model
    copied = _copied(model)
    _try_out(copied, images[:1])
    return copied


def _check_weights(model: nn.Module) -> None:
    """Refuse weights without values, or with one that is no finite number, by name.

    PyTorch's own quantized modules keep their weights packed, out of sight.
    """
    for name, module in model.named_modules():
        if type(module).__module__.startswith(QUANTIZED):
            raise UserError(
                f"{name or 'the module'}: {type(module).__name__} of {type(module).__module__} "
                "holds weights that PyTorch has quantized; expected the module before that, which "
                "is rounded to INT8 here, or a quantized ONNX file"
            )
    for name, values in model.named_parameters():
        if isinstance(values, UninitializedParameter):
            continue  # of a lazy module, which gets them from the first image
        if values.is_meta:
            raise UserError(f"{name} is on the device meta; expected a module with its values")
        if values.layout is not torch.strided or values.is_nested or values.is_quantized:
            raise UserError(f"{name} is a sparse, nested or quantized tensor; expected a plain one")
        if not bool(torch.isfinite(values).all()):
            raise UserError(f"{name} holds values that are not finite numbers")


def _check_forward(network: SparseNetwork) -> None:
    """Refuse layers that compute something else than their weight times their input."""
    for name, layer in network.layers.items():
        plain = nn.Linear if isinstance(layer, nn.Linear) else nn.Conv2d
        computing = ("forward", "_conv_forward") if plain is nn.Conv2d else ("forward",)
        if any(getattr(type(layer), step) is not getattr(plain, step) for step in computing):
            raise UserError(
                f"{name}: {type(layer).__name__} computes in a way of its own from its weight; "
                f"expected the forward of {plain.__name__}"
            )


def _try_out(model: nn.Module, image: Tensor) -> None:
    """Run one image, so that a shape that does not fit is one line and not a trace of torch's."""
    try:
        with evaluating(model), torch.no_grad():
            model(image)
    except Exception as error:  # whatever the user's module raises
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UserError(
            f"{type(model).__name__} does not take inputs of shape {tuple(image.shape)}: {reason}"
        ) from error
