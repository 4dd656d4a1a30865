"""Any file in place of a checkpoint: its weights are right, or one line says why not."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save
from torch import Tensor, nn

from models.imagenet.user_checkpoints import load_user_checkpoint
from sim.errors import UserError

FEW, MANY = 40, 3000
State = dict[str, Tensor]


def network(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(2, 3, 2), nn.BatchNorm2d(3), nn.ReLU(), nn.Conv2d(3, 1, 1))


def pickled(state: Any, *, legacy: bool = False) -> bytes:
    buffer = io.BytesIO()
    torch.save(state, buffer, _use_new_zipfile_serialization=not legacy)
    return buffer.getvalue()


def loaded(content: bytes, suffix: str) -> nn.Module | str:
    """The network after reading a file, or the line; nothing else may be left or changed."""
    module, before = network(1), network(1).state_dict()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"net{suffix}"
        path.write_bytes(content)
        try:
            load_user_checkpoint(path, module)
        except UserError as error:
            message = str(error)
            assert all(torch.equal(v, before[k]) for k, v in module.state_dict().items())
            assert len(message.splitlines()) == 1
            assert message.isprintable()
            assert message.startswith(str(path))
            return message
        finally:
            assert [entry.name for entry in Path(folder).iterdir()] == [path.name]
    for name, value in module.state_dict().items():
        assert bool(torch.isfinite(value).all()), name
        assert value.dtype == before[name].dtype
    return module


FILES = (
    pickled(network(0).state_dict()),
    pickled(network(0).state_dict(), legacy=True),
    pickled({"state_dict": network(0).state_dict(), "epoch": 1}),
    save(network(0).state_dict()),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file, cut, overwritten, repeated or mixed with another."""
    content = bytearray(draw(st.sampled_from(FILES)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(0, len(content) - 1)))
        kind = draw(st.sampled_from(("cut", "overwrite", "insert", "remove", "other", "flip")))
        if kind == "cut":
            del content[start:]
        elif kind == "overwrite":
            piece = draw(st.binary(min_size=1, max_size=12))
            content[start : start + len(piece)] = piece
        elif kind == "insert":
            content[start:start] = draw(st.binary(min_size=1, max_size=12))
        elif kind == "remove":
            del content[start : start + draw(st.integers(1, 200))]
        elif kind == "other":
            content[start:] = draw(st.sampled_from(FILES))[start:]
        elif content:
            content[start] ^= 1 << draw(st.integers(0, 7))
    return bytes(content)


Change = tuple[bool, Callable[[State, str], None]]
"""Whether the changed state is still that of the network, and the change to one of its tensors."""


def put(make: Callable[[Tensor], Tensor]) -> Callable[[State, str], None]:
    def change(state: State, name: str) -> None:
        state[name] = make(state[name])

    return change


def renamed(state: State, name: str) -> None:
    state[f"{name}_"] = state.pop(name)


def removed(state: State, name: str) -> None:
    del state[name]


def doubled(state: State, name: str) -> None:
    state[f"{name}2"] = state[name]


CHANGES: dict[str, Change] = {
    "none": (True, put(lambda value: value)),
    "double": (True, put(lambda value: value.double())),
    "learnable": (True, put(lambda value: value.double().requires_grad_())),
    "huge": (False, put(lambda value: value.double() + 1e300)),
    "nan": (False, put(lambda value: value * float("nan"))),
    "whole": (False, put(lambda value: value.to(torch.int64))),
    "byte": (False, put(lambda value: value.to(torch.int8))),
    "truth": (False, put(lambda value: value.bool())),
    "complex": (False, put(lambda value: value + 1j)),
    "sparse": (False, put(lambda value: value.to_sparse())),
    "meta": (False, put(lambda value: value.to("meta"))),
    "shape": (False, put(lambda value: value.flatten().repeat(2))),
    "empty": (False, put(lambda value: value.flatten()[:0])),
    "renamed": (False, renamed),
    "doubled": (False, doubled),
    "gone": (False, removed),
}
WEIGHTS = tuple(name for name, value in network(0).state_dict().items() if value.dim())
KEYS = ("state_dict", "model", "model_state_dict", "ema", "net", "a\nb")
PREFIXES = ("module.", "model.", "_orig_mod.", "x.")


@st.composite
def wrapped(draw: st.DrawFn) -> tuple[bool, Tensor, Any]:
    """Whether a content is right, its first weight, and the content, as a tool may write it."""
    state: State = dict(network(0).state_dict())
    right, change = CHANGES[draw(st.sampled_from(sorted(CHANGES)))]
    change(state, draw(st.sampled_from(WEIGHTS)))
    prefix = "".join(draw(st.lists(st.sampled_from(PREFIXES), max_size=3)))
    content: Any = {f"{prefix}{name}": value for name, value in state.items()}
    for key in draw(st.lists(st.sampled_from(KEYS), max_size=3)):
        content = {"epoch": 1, key: content, "loss": [0.5]}
    if draw(st.integers(0, 9)) == 0:
        right, content = False, draw(st.sampled_from(([content], 3, None, "text", {1: content})))
    return right, network(0).state_dict()["0.weight"], content


def check_damaged(content: bytes, suffix: str) -> None:
    loaded(content, suffix)


def check_wrapped(case: tuple[bool, Tensor, Any], legacy: bool) -> None:
    right, weight, content = case
    result = loaded(pickled(content, legacy=legacy), ".pth")
    assert right == isinstance(result, nn.Module), result
    if isinstance(result, nn.Module):
        assert torch.equal(result.get_parameter("0.weight"), weight)


SUFFIXES = st.sampled_from((".pth", ".safetensors", ".pth.tar", ""))


@settings(max_examples=FEW, deadline=None)
@given(damaged() | st.binary(max_size=80), SUFFIXES)
def test_damaged_files(content: bytes, suffix: str) -> None:
    check_damaged(content, suffix)


@settings(max_examples=FEW, deadline=None)
@given(wrapped(), st.booleans())
def test_wrapped_state_dicts(case: tuple[bool, Tensor, Any], legacy: bool) -> None:
    check_wrapped(case, legacy)


@pytest.mark.slow
@settings(max_examples=MANY, deadline=None)
@given(damaged() | st.binary(max_size=80), SUFFIXES)
def test_thousands_of_damaged_files(content: bytes, suffix: str) -> None:
    check_damaged(content, suffix)


@pytest.mark.slow
@settings(max_examples=MANY, deadline=None)
@given(wrapped(), st.booleans())
def test_thousands_of_wrapped_state_dicts(case: tuple[bool, Tensor, Any], legacy: bool) -> None:
    check_wrapped(case, legacy)
