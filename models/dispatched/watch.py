"""Watching every product of a forward pass, with what its operands were made of.

PyTorch's dispatcher is asked, not the modules: `F.conv2d`, `torch.matmul`, attention and layers
whose weight is shared are seen like any `nn.Conv2d`. A tensor is known if no operation has mixed
the input into its memory; products of known tensors alone are folded weights and no layers.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.hooks import RemovableHandle
from torch.utils.weak import WeakIdKeyDictionary

from models.graph.activation_product import is_product
from models.graph.multiplications import is_addition, is_other_product
from models.products import (
    WHOLE,
    Cuts,
    Makers,
    Operation,
    Product,
    Reading,
    Residuals,
    Windows,
    convolutions,
    matrix_product,
    united,
)
from sim.errors import UserError
from sim.layer import Mask
from sim.sizes import Sides

MATRIX_PRODUCTS = {"mm": 0, "bmm": 0, "mv": 0, "dot": 0, "vdot": 0, "addmm": 1, "addmv": 1}
MATRIX_PRODUCTS |= {"baddbmm": 1}
"""Operations on matrices, with the place of their first operand."""
UNPADDED: Sides = ((0, 0), (0, 0))


class ProductWatch(TorchDispatchMode):
    """Collects the products of one image; enter it around the forward pass.

    Attributes:
        path: names of the modules that are running, outermost first.
        products: in running order.
        readers: for each layer the products that read what it made, in running order.
        residuals: what layers add to their outputs.
    """

    def __init__(self, module: nn.Module, inputs: Sequence[Tensor]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.path: list[str] = []
        self.products: list[Product] = []
        self.readers: dict[str, list[Reading]] = {}
        self.residuals = Residuals()
        self._modules = dict(module.named_modules())
        self._kind = type(module).__name__
        self._calls: Counter[str] = Counter()
        self._makers: Any = WeakIdKeyDictionary()
        self._cuts: Any = WeakIdKeyDictionary()
        self._numbers: Any = WeakIdKeyDictionary()
        self._counter = count()
        self._padded: dict[int, tuple[Tensor, Tensor, Sides]] = {}
        self._parameters = {
            parameter.untyped_storage().data_ptr(): name
            for name, parameter in [*module.named_buffers(), *module.named_parameters()]
        }
        for x in inputs:
            self._makers[x.untyped_storage()] = frozenset()

    def hooks(self) -> Iterator[RemovableHandle]:
        """Keep the path of the running modules."""
        for name, child in self._modules.items():
            yield child.register_forward_pre_hook(lambda *_, name=name: self.path.append(name))
            yield child.register_forward_hook(lambda *_: self._leave(), always_call=True)

    def _leave(self) -> None:
        self.path.pop()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        """Run one operation, note its product, and what its result is made of."""
        result = func(*args, **(kwargs or {}))
        read = [x for x in tree_leaves((args, kwargs)) if isinstance(x, Tensor)]
        makers = self._union(read)
        if makers is None:
            return result
        name = func._schema.name.partition("::")[2].removeprefix("_")
        if is_addition(name):
            self.residuals.added(
                (self._makers[x.untyped_storage()], x.numel())
                for x in read
                if x.untyped_storage() in self._makers
            )
        made = self._note(name, args, result)
        changed = func._schema.is_mutable
        written = [x for x in tree_leaves(result) if isinstance(x, Tensor)]
        cuts = WHOLE if changed or made is not None else self._united_cuts(read)
        for x in [*written, *(read[:1] if changed else [])]:
            storage = x.untyped_storage()
            if storage in self._makers and not changed and made is None:
                continue  # a view: the memory holds what it held
            kept = self._makers.get(storage, frozenset()) if changed else frozenset()
            self._makers[storage] = makers | kept if made is None else made
            self._cuts[storage] = cuts
        return result

    def _united_cuts(self, tensors: Sequence[Tensor]) -> Cuts:
        mixed = [x for x in tensors if x.untyped_storage() in self._makers]
        return united([self._cuts_of(x) for x in mixed])

    def _cuts_of(self, x: Tensor) -> Cuts:
        """The piece of a result that a tensor is; a view of a part of its memory is one."""
        storage = x.untyped_storage()
        cuts: Cuts = self._cuts.get(storage, WHOLE)
        if cuts or x.numel() * x.element_size() >= storage.nbytes():
            return cuts
        number = self._numbers.setdefault(storage, next(self._counter))
        return frozenset({(number, x.storage_offset(), tuple(sorted(x.shape)))})

    def _union(self, tensors: Sequence[Tensor]) -> Makers | None:
        """What made the tensors; None = all of them are known."""
        makers = [self._makers.get(x.untyped_storage()) for x in tensors]
        mixed = [each for each in makers if each is not None]
        return frozenset().union(*mixed) if mixed else None

    def _note(self, name: str, args: Sequence[Any], result: Any) -> Makers | None:
        """The layers that an operation is; None = no product."""
        if name == "constant_pad_nd":
            self._note_zeros(args, result)
        elif name in MATRIX_PRODUCTS:
            first = MATRIX_PRODUCTS[name]
            left, right = args[first], args[first + 1]
            return self._add(matrix_product(self._operation(left, right)), (left, right))
        elif name == "convolution":
            return self._convolution(args)
        elif is_other_product(name):
            raise UserError(
                f"{self._place}: computes a product ({name}) that has no form of a layer; expected "
                "convolutions and products of matrices"
            )
        return None

    def _convolution(self, args: Sequence[Any]) -> Makers:
        x, weight = args[0], args[1]
        padded = self._padded.get(id(x))
        transposed = args[6]
        source, zeros = (padded[1], padded[2]) if padded and not transposed else (x, UNPADDED)
        operation = replace(self._operation(x, weight), operands=(_mask(source), _mask(weight)))
        makers: Makers = frozenset()
        for number, product in enumerate(convolutions(operation, _windows(args, zeros))):
            if number:  # a further map of the same image
                product = renamed(product, self._name(x, weight))
            makers |= self._add(product, (x, weight))
        return makers

    def _note_zeros(self, args: Sequence[Any], result: Tensor) -> None:
        source, sides = args[0], list(args[1])
        value = args[2] if len(args) > 2 else 0
        sides += [0] * (4 - len(sides))
        if value or len(sides) != 4 or min(sides) < 0 or source.dim() != 4:
            return
        left, right, top, bottom = sides
        if id(source) in self._padded:  # zeros around zeros
            _, source, ((above, below), (before, after)) = self._padded[id(source)]
            top, bottom, left, right = top + above, bottom + below, left + before, right + after
        self._padded[id(result)] = result, source, ((top, bottom), (left, right))

    def _add(self, product: Product, tensors: tuple[Tensor, Tensor]) -> Makers:
        self.products.append(product)
        reader = product.layer.name
        self.residuals.ran(reader)
        for tensor, place in zip(tensors, product.places, strict=True):
            for maker in self._makers.get(tensor.untyped_storage(), frozenset()):
                readings = self.readers.setdefault(maker, [])
                readings.append(Reading(reader, place, self._cuts_of(tensor)))
        return frozenset({reader})

    def _operation(self, first: Tensor, second: Tensor) -> Operation:
        name, known = self._name(first, second), self._known(first, second)
        return Operation(name, (_mask(first), _mask(second)), known)

    def _known(self, *tensors: Tensor) -> tuple[bool, bool]:
        first, second = (x.untyped_storage() not in self._makers for x in tensors)
        return first, second

    @property
    def _place(self) -> str:
        return (self.path[-1] if self.path else "") or self._kind

    def _name(self, *operands: Tensor) -> str:
        """A name for a product: its parameter's or, if it has none, its module's."""
        alone = is_product(self._modules[self.path[-1] if self.path else ""])
        base = self._place if alone else f"{self._place}.product"
        for x in operands:
            if x.untyped_storage() not in self._makers:
                base = self._parameter_name(x.untyped_storage().data_ptr())
        self._calls[base] += 1
        return base if self._calls[base] == 1 else f"{base}#{self._calls[base]}"

    def _parameter_name(self, address: int) -> str:
        inner = self.path[-1] if self.path else ""
        for name, parameter in self._modules[inner].named_parameters(recurse=False):
            if parameter.untyped_storage().data_ptr() == address:
                return ".".join(filter(None, (inner, _short(name)))) or self._kind
        name = self._parameters.get(address, "")
        return (_short(name) if name else inner) or self._kind


def _mask(tensor: Tensor) -> Mask:
    mask: Mask = (tensor.detach() != 0).cpu().numpy()
    return mask


def _windows(args: Sequence[Any], zeros: Sides) -> Windows:
    """What `aten::convolution` is called with, and zeros put around its input beforehand."""
    stride, padding, dilation, transposed, more, groups = args[3:9]
    axes = args[1].dim() - 2
    stride, padding, dilation, more = (
        list(axis) * (axes if len(axis) == 1 else 1) for axis in (stride, padding, dilation, more)
    )
    around = ((0, 0),) * (axes - 2) + zeros
    pads = tuple(
        (side + before, side + after)
        for side, (before, after) in zip(padding, around[-axes:], strict=True)
    )
    return Windows(tuple(stride), pads, tuple(dilation), groups, transposed, tuple(more))


def renamed(product: Product, name: str) -> Product:
    """A copy of the product as a layer of another name."""
    return replace(product, layer=replace(product.layer, name=name))


def _short(parameter: str) -> str:
    """`conv.weight` is conv, `attention.in_proj_weight` is attention.in_proj."""
    return parameter.removesuffix("weight").rstrip("._")
