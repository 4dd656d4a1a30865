"""State dicts as training tools write them, brought to the names that a network has.

Tools keep the state dict under a key of a larger dictionary, put a prefix before every name, and
split a weight in parts: torch.nn.utils.prune in values and mask, weight normalization in length and
direction. What can be undone exactly is undone, and said; what cannot is left to be refused.
"""

from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor

from sim.errors import UserError
from sim.validation import shown

DEPTH = 4
"""Dictionaries within dictionaries that are looked into."""
LONGEST_PREFIX = 4
WRAPPERS = ("_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module")
"""Components that wrapping modules (torch.compile, FSDP, checkpointing) put anywhere in a name."""
BOOKKEEPING = ("n_averaged", "num_updates", "total_ops", "total_params")
"""Last components of single numbers that averaging and counting tools keep beside the weights."""

Making = Literal["as it is", "times its mask", "from its weight normalization"]


@dataclass(frozen=True)
class Parts:
    """How one tensor of a network is made from tensors of a file."""

    names: tuple[str, ...]
    making: Making = "as it is"


@dataclass(frozen=True)
class StateDict:
    """A state dict of a file, with names that a network may have.

    Attributes:
        tensors: those of the file, under the file's names.
        parts: for each tensor of the network, which of them make it.
        taken_off: what was taken off the file's structure and names, in words.
        partial: tensors of the file with other prefixes are left aside.
        average: a key says that the values are averaged over a training.
    """

    tensors: Mapping[str, Any]
    parts: Mapping[str, Parts]
    taken_off: tuple[str, ...]
    partial: bool = False
    average: bool = False

    @property
    def undone(self) -> tuple[str, ...]:
        """What was taken off and computed, in words."""
        makings = Counter(parts.making for parts in self.parts.values())
        return (
            *self.taken_off,
            *(f"{count} weights {how}" for how, count in makings.items() if how != "as it is"),
        )


def fitting_state_dict(
    content: Any, names: Collection[str], optional: Collection[str]
) -> StateDict:
    """Find the state dict in a file's content whose names are those of a network.

    If several fit, averaged weights (a key with `ema`) come after the plain ones; two of other
    values, such as a teacher's and a student's, are refused. If none fits, the one that shares most
    names is returned, for the error to speak of.

    Args:
        content: what the file holds.
        names: of the network's tensors.
        optional: those of them that a file may lack.

    Raises:
        UserError: there is no dictionary of names and tensors, or several fit; without the file's
            name.
    """
    wanted, needed = frozenset(names), frozenset(names) - frozenset(optional)
    readings = [
        reading
        for keys, tensors in sorted(_dictionaries(content), key=lambda entry: _is_average(entry[0]))
        for reading in _readings(keys, tensors, wanted)
    ]
    if not readings:
        raise UserError("not a state dict; expected names with tensors")
    fitting = [r for r in readings if needed <= r.parts.keys() <= wanted]
    if not fitting:
        return max(readings, key=lambda reading: len(wanted & reading.parts.keys()))
    _refuse_rivals(fitting)
    best, *others = [reading for reading in fitting if reading.tensors is fitting[0].tensors]
    if best.partial and others:
        raise UserError(
            "holds weights of this network more than once, with "
            f"{best.taken_off[-1]} and with {others[0].taken_off[-1]}; save one of them alone"
        )
    return replace(best, taken_off=(*best.taken_off, *_left_aside(content, best)))


def _refuse_rivals(fitting: Sequence[StateDict]) -> None:
    """Raise UserError where another dictionary fits as well and holds other values."""
    best, *others = fitting
    for other in others:
        if other.tensors is best.tensors or other.average != best.average:
            continue
        if any(not _equal(best, other, name) for name in best.parts):
            first, second = (
                reading.taken_off[0] if reading.taken_off else "no key" for reading in (best, other)
            )
            raise UserError(
                f"holds weights of this network more than once, with {first} and with {second}; "
                "save one of them alone"
            )


def _equal(first: StateDict, second: StateDict, name: str) -> bool:
    """Whether two dictionaries make a tensor of the same parts."""
    parts = [
        [reading.tensors[part] for part in reading.parts[name].names]
        if name in reading.parts
        else []
        for reading in (first, second)
    ]
    return len(parts[0]) == len(parts[1]) and all(
        x is y or (x.shape == y.shape and x.dtype == y.dtype and bool(torch.equal(x, y)))
        for x, y in zip(*parts, strict=True)
    )


def _left_aside(content: Mapping[Any, Any], fitting: StateDict) -> tuple[str, ...]:
    """Keys beside the one that was read, and numbers among the tensors, where there are any."""
    others = [
        str(key)
        for key, value in content.items()
        if not isinstance(value, Tensor)
        and not any(tensors is fitting.tensors for _, tensors in _dictionaries(value))
    ]
    return (f"left aside: {shown(', '.join(others))}",) if others else ()


def _is_average(keys: tuple[str, ...]) -> bool:
    return any("ema" in key.lower() for key in keys)


def _dictionaries(content: Any) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Every dictionary with names that holds a tensor, outer ones first, and the keys to it."""
    waiting: deque[tuple[tuple[str, ...], Any]] = deque([((), content)])
    seen = {id(content)}
    while waiting:
        keys, value = waiting.popleft()
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            continue
        if any(isinstance(entry, Tensor) for entry in value.values()):
            yield keys, value
        for name, entry in value.items():
            if len(keys) < DEPTH and id(entry) not in seen:  # each once, however often it is named
                seen.add(id(entry))
                waiting.append(((*keys, name), entry))


def _readings(
    keys: tuple[str, ...], tensors: Mapping[str, Any], wanted: frozenset[str]
) -> Iterator[StateDict]:
    """The state dict with ever longer prefixes taken off, as far as all names share one."""
    notes = [f"key {'.'.join(keys)!r}"] if keys else []
    names = [name for name, value in tensors.items() if isinstance(value, Tensor)]
    dropped = [name for name in names if _is_bookkeeping(name, tensors[name], wanted)]
    named = {_unwrapped(name): name for name in names if name not in dropped}
    twice = [name for name in names if name not in dropped and named[_unwrapped(name)] != name]
    if twice:
        raise UserError(f"holds {shown(_unwrapped(twice[0]))} twice (as {shown(twice[0])} too)")
    if any(short != name for short, name in named.items()):
        notes.append(f"component {next(w for w in WRAPPERS if any(w in n for n in names))!r}")
    if dropped:
        notes.append(f"bookkeeping ({shown(dropped[0])})")
    prefix = ""
    for _ in range(LONGEST_PREFIX):
        prefixed = (f"prefix {prefix!r}",) if prefix else ()
        average = _is_average(keys)
        yield StateDict(tensors, _assembled(named, wanted), (*notes, *prefixed), average=average)
        heads = sorted({name.partition(".")[0] for name in named if "." in name})
        if len(heads) != 1 or not all("." in name for name in named):
            file = StateDict(tensors, {}, tuple(notes), average=average)
            yield from _beneath(file, prefix, named, wanted)
            return
        prefix += f"{heads[0]}."
        named = {name.partition(".")[2]: source for name, source in named.items()}


def _beneath(
    file: StateDict, prefix: str, named: Mapping[str, str], wanted: frozenset[str]
) -> Iterator[StateDict]:
    """Each part that the names share a prefix in, if none is the network's as it stands.

    Modules that train a network hold it beside others, such as a loss with weights of classes.
    """
    if wanted & named.keys():
        return
    for head in sorted({name.partition(".")[0] for name in named if "." in name}):
        inside = {
            name.partition(".")[2]: source
            for name, source in named.items()
            if name.startswith(f"{head}.")
        }
        other = next(name for name in named if not name.startswith(f"{head}."))
        note = f"prefix {f'{prefix}{head}.'!r} (left aside: {shown(prefix + other)} ...)"
        yield replace(
            file, parts=_assembled(inside, wanted), taken_off=(*file.taken_off, note), partial=True
        )


def _unwrapped(name: str) -> str:
    return ".".join(part for part in name.split(".") if part not in WRAPPERS)


def _is_bookkeeping(name: str, value: Tensor, wanted: frozenset[str]) -> bool:
    if name in wanted or name.rpartition(".")[2] not in BOOKKEEPING:
        return False
    return not value.is_nested and value.numel() == 1


def _assembled(named: Mapping[str, str], wanted: frozenset[str]) -> dict[str, Parts]:
    """For each name, the file's names that make it; parts go into one where the network has it."""
    parts: dict[str, Parts] = {}
    used: set[str] = set()
    for name in named:
        for final, others, making in _splits(name):
            if final in wanted and final not in named and all(part in named for part in others):
                parts[final] = Parts(tuple(named[part] for part in others), making)
                used.update(others)
    return {name: Parts((source,)) for name, source in named.items() if name not in used} | parts


def _splits(name: str) -> Iterator[tuple[str, tuple[str, ...], Making]]:
    """The wholes that a tensor of this name may be the first part of, with all their parts."""
    if name.endswith("_orig"):
        final = name.removesuffix("_orig")
        yield final, (name, f"{final}_mask"), "times its mask"
    if name.endswith("_g"):
        final = name.removesuffix("_g")
        yield final, (name, f"{final}_v"), "from its weight normalization"
    if name.endswith(".original0") and ".parametrizations." in f".{name}":
        stem = name.removesuffix(".original0")
        layer, _, weight = f".{stem}".rpartition(".parametrizations.")
        final = f"{layer}.{weight}".lstrip(".")
        yield final, (name, f"{stem}.original1"), "from its weight normalization"


def masked(values: Tensor, mask: Tensor) -> Tensor:
    """Values times a mask of zeros and ones, as torch.nn.utils.prune computes the weight.

    Raises:
        UserError: the mask has another shape or holds anything else; without any name.
    """
    if mask.shape != values.shape:
        raise UserError(f"mask of shape {tuple(mask.shape)} for {tuple(values.shape)} values")
    if not bool(((mask == 0) | (mask == 1)).all()):
        raise UserError("mask that holds more than zeros and ones")
    return values * mask.to(values.dtype)


def normalized(length: Tensor, direction: Tensor) -> Tensor:
    """A weight from its normalization, by the operation that PyTorch itself uses.

    Args:
        length: of one axis's length with 1 elsewhere, or a single number for the whole weight.
        direction: of the weight's shape.

    Raises:
        UserError: the shapes do not belong together; without any name.
    """
    axes = [axis for axis, size in enumerate(length.shape) if size != 1] or [0]
    expected = [1] * direction.dim()
    if length.dim() == 0:
        axes, expected = [-1], []
    elif len(axes) == 1 and axes[0] < direction.dim():
        expected[axes[0]] = direction.shape[axes[0]]
    if list(length.shape) != expected:
        raise UserError(
            f"lengths of shape {tuple(length.shape)} for directions of {tuple(direction.shape)}"
        )
    return torch._weight_norm(direction, length, axes[0])
