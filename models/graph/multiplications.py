"""Multiplications as PyTorch runs them, so that none is left out of a table of layers.

A forward pass is watched operation by operation. A product outside the layers that the table knows
(a transposed convolution, attention, torch.matmul, a functional convolution ...) is refused by the
name of the module that computes it. The same pass tells what residual additions keep waiting.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.weak import WeakIdKeyDictionary

from models.graph.meta_results import result_without_compiler
from models.products import Makers, Residuals
from sim.errors import UserError
from sim.sizes import Sides


@dataclass(frozen=True, eq=False)
class ZeroPadded:
    """A tensor and what it was before zeros were put around it.

    Attributes:
        result: kept, so that its identity stays its own.
        source: without the zeros.
        sides: zeros on the left, right, top and bottom.
    """

    result: Tensor
    source: Tensor
    sides: tuple[int, int, int, int]


def _convolution(arguments: Sequence[Any], result: Tensor) -> int:
    x, weight, transposed = arguments[0], arguments[1], arguments[6]
    positions = x.numel() if transposed else result.numel()
    return int(positions * weight[0].numel())


def _product(first: int) -> Callable[[Sequence[Any], Tensor], int]:
    def count(arguments: Sequence[Any], _: Tensor) -> int:
        left, right = arguments[first], arguments[first + 1]
        return int(left.numel() * (right.shape[-1] if right.dim() > 1 else 1))

    return count


COUNTS: dict[str, Callable[[Sequence[Any], Tensor], int]] = {
    "convolution": _convolution,
    "mm": _product(0),
    "bmm": _product(0),
    "mv": _product(0),
    "dot": _product(0),
    "vdot": _product(0),
    "addmm": _product(1),
    "baddbmm": _product(1),
    "addmv": _product(1),
}
"""Multiplications of torch's operations that the layers of a table are made of."""
OTHER_PRODUCTS = ("attention", "trilinear", "lstm", "gru", "rnn", "conv", "linear", "mm", "matmul")
"""Parts of the names of all other operations that multiply and add."""
NO_PRODUCTS = ("comm", "gamma", "hamming", "upsample")
"""Parts of names that sound like products: interpolation weighs neighbours, as a pooling does."""


def is_other_product(operation: str) -> bool:
    """Whether an operation that no table counts multiplies and adds, by its name."""
    return any(part in operation for part in OTHER_PRODUCTS) and not any(
        part in operation for part in NO_PRODUCTS
    )


def is_addition(operation: str) -> bool:
    """Whether one of torch's operations adds two tensors, into one of them as well."""
    return operation in ("add", "add_")


@dataclass(eq=False)
class Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the multiplications of each layer; enter it around a forward pass.

    Attributes:
        path: (name, is a layer) of the modules that are running, outermost first.
        multiplications: by layer.
        padded: by identity, the tensors that zeros were put around.
        residuals: what layers add to their outputs.
    """

    path: list[tuple[str, bool]] = field(default_factory=list)
    multiplications: dict[str, int] = field(default_factory=dict)
    padded: dict[int, ZeroPadded] = field(default_factory=dict)
    residuals: Residuals = field(default_factory=Residuals)
    _makers: Any = field(default_factory=WeakIdKeyDictionary)

    def __post_init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Not to load PyTorch's compiler, which takes seconds, only to keep it off this class."""
        return False

    def follow(self, image: Tensor) -> None:
        """Start with the input of the network; nothing is followed that it is not mixed into."""
        self._makers[image.untyped_storage()] = frozenset()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        """Run one operation and note what it multiplies."""
        name = func._schema.name.partition("::")[2].removeprefix("_")
        result = None if kwargs else result_without_compiler(func, name, args)
        if result is None:
            result = func(*args, **(kwargs or {}))
        if name == "constant_pad_nd":
            self._note_zeros(args, result)
        count = COUNTS.get(name)
        if count is not None:
            self._add(name, count(args, result))
        elif is_other_product(name):
            self._add(name, None)
        self._carry(name, (args, kwargs), result)
        return result

    def _carry(self, operation: str, arguments: Any, result: Any) -> None:
        """Keep which layers made each tensor, and note what an addition keeps waiting."""
        carried = self._carried(arguments)
        if not carried:
            return
        if is_addition(operation):
            self.residuals.added(carried)
        makers: Makers = frozenset().union(*(made for made, _ in carried))
        if operation in COUNTS:
            layer, _ = self.path[-1]
            self.residuals.ran(layer)
            makers = frozenset({layer})
        for x in tree_leaves(result):
            if isinstance(x, Tensor):
                self._makers[x.untyped_storage()] = makers

    def _carried(self, arguments: Any) -> list[tuple[Makers, int]]:
        """Makers and elements of the tensors that the input is mixed into."""
        tensors = [x for x in tree_leaves(arguments) if isinstance(x, Tensor)]
        makers = ((self._makers.get(x.untyped_storage()), x.numel()) for x in tensors)
        return [(made, elements) for made, elements in makers if made is not None]

    def _note_zeros(self, arguments: Sequence[Any], result: Tensor) -> None:
        source, sides = arguments[0], list(arguments[1])
        value = arguments[2] if len(arguments) > 2 else 0
        sides += [0] * (4 - len(sides))
        if value == 0 and len(sides) == 4 and min(sides) >= 0 and source.dim() == 4:
            left, right, top, bottom = sides
            self.padded[id(result)] = ZeroPadded(result, source, (left, right, top, bottom))

    def _add(self, operation: str, count: int | None) -> None:
        name, layer = self.path[-1] if self.path else ("", False)
        if not layer or count is None:
            raise UserError(
                f"{name or 'the network itself'}: computes a product ({operation}) outside of "
                "Conv2d and Linear modules, which has no row in the table of layers; expected "
                "products in modules of these two kinds, or of two activations in an "
                "ActivationProduct (docs/your-network.md)"
            )
        self.multiplications[name] = self.multiplications.get(name, 0) + count


def without_zeros(watch: Watch, x: Tensor) -> tuple[Tensor, Sides]:
    """What a layer's input was before zeros were put around it, and how many on each side."""
    (top, bottom), (left, right) = (0, 0), (0, 0)
    while id(x) in watch.padded:
        padded = watch.padded[id(x)]
        before, after, above, below = padded.sides
        top, bottom, left, right = top + above, bottom + below, left + before, right + after
        x = padded.source
    return x, ((top, bottom), (left, right))


def empty_copy(tensor: Tensor) -> Tensor:
    """A tensor of the same shape and kind that holds nothing."""
    return torch.empty(tensor.shape, dtype=tensor.dtype, device="meta")
