"""From any network and its inputs to a trace, whatever its modules and its control flow."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from models.dispatched.watch import ProductWatch
from models.graph.hooks import temporary
from models.graph.modes import evaluating
from models.products import ImageRuns
from sim import NetworkTrace, Provenance
from sim.errors import UserError

Inputs = Tensor | Sequence[Tensor] | Mapping[str, Tensor]


def record_any(
    module: nn.Module, inputs: Inputs, provenance: Provenance | None = None
) -> NetworkTrace:
    """Run inputs through a network and record every product with the zeros of its operands.

    The network runs image by image, in evaluation mode, and is left as it was. A layer is a call:
    one that runs twice has two rows, the second named `layer#2`; layers that share parameters have
    a row each. Products of two activations are rows of kind "matmul". Zeros are those of the
    numbers as they are, without rounding to INT8.

    Args:
        module: any network; nothing is traced symbolically, so that it may branch.
        inputs: a tensor, several in order, or by name; the first axis counts the images.
        provenance: goes into the trace; None = the class of the module and the inputs' shapes.

    Returns:
        One entry per product in running order, with the first layer that reads its result.

    Raises:
        UserError: the network does not run on the inputs, computes a product that has no form of
            a layer, computes none, or other layers for another image.
    """
    positional, named = _arguments(inputs)
    images = _images([*positional, *named.values()])
    if provenance is None:
        shapes = ", ".join(str(tuple(x.shape)) for x in [*positional, *named.values()])
        kind = type(module).__name__
        provenance = Provenance("user", kind, "given", "measured", "measured", f"inputs {shapes}")
    runs = ImageRuns()
    for image in range(images):
        taken = slice(image, image + 1)
        given = [x[taken].clone() for x in positional]
        keywords = {name: x[taken].clone() for name, x in named.items()}
        watch = _watched(module, given, keywords)
        if not watch.products:
            raise UserError(f"{type(module).__name__}: computes no product; expected a network")
        runs.add(watch.products, watch.readers, watch.residuals.elements)
    return runs.trace(provenance, "real")


def _arguments(inputs: Inputs) -> tuple[list[Tensor], dict[str, Tensor]]:
    if isinstance(inputs, Tensor):
        return [inputs], {}
    if isinstance(inputs, Mapping):
        return [], dict(inputs)
    return list(inputs), {}


def _images(tensors: Sequence[Any]) -> int:
    for x in tensors:
        if not isinstance(x, Tensor) or x.dim() < 1:
            kind = f"shape {tuple(x.shape)}" if isinstance(x, Tensor) else type(x).__name__
            raise UserError(f"an input is {kind}; expected tensors whose first axis counts images")
    counts = {len(x) for x in tensors}
    if len(counts) != 1 or not min(counts):
        raise UserError(
            f"the inputs hold {sorted(counts) or 'no'} images; expected one number of at least 1"
        )
    return counts.pop()


def _watched(
    module: nn.Module, inputs: Sequence[Tensor], keywords: Mapping[str, Tensor]
) -> ProductWatch:
    watch = ProductWatch(module, [*inputs, *keywords.values()])
    try:
        with (
            temporary(watch.hooks()),
            evaluating(module),
            _plain_attention(),
            torch.no_grad(),
            watch,
        ):
            module(*inputs, **keywords)
    except UserError:
        raise
    except Exception as error:  # whatever a user's forward pass makes of the inputs
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        shapes = ", ".join(str(tuple(x.shape)) for x in [*inputs, *keywords.values()])
        raise UserError(
            f"{type(module).__name__} does not run on an input of shape {shapes}: {reason}"
        ) from error
    return watch


@contextmanager
def _plain_attention() -> Iterator[None]:
    """Have attention computed product by product instead of by one fused operation."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
