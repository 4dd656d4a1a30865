"""Headers of traces with something strange in them: read as written, or refused in one line."""

import copy
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from sim import BlockMap, Layer, LayerTrace, NetworkTrace, Provenance, TracedLayer, UserError
from sim.trace_file import _digest, _packed, read_trace, write_trace

FEW, MANY = 15, 5000


def small_trace() -> NetworkTrace:
    """Two layers, INT8 weights and a block map on the first."""
    rng = np.random.default_rng(0)
    conv = Layer.conv("conv", 2, 4, 3, padding=1, input_size=(4, 5))
    int8 = rng.integers(-1, 2, conv.weight_shape).astype(np.int8)
    blocks = BlockMap(4, 5, np.zeros((1, 4, 5), dtype=np.bool_))
    first = LayerTrace(conv, int8 != 0, rng.random((1, *conv.input_shape)) < 0.5, block_map=blocks)
    second = LayerTrace(Layer.linear("fc", 80, 3))
    provenance = Provenance("digits", "toy", "dense", "measured", "modelled", "test images")
    return NetworkTrace(provenance, (TracedLayer(first, int8, "fc"), TracedLayer(second)))


TRACE = small_trace()
with tempfile.TemporaryDirectory() as _folder:
    write_trace(Path(_folder) / "a", TRACE)
    _length = int.from_bytes((Path(_folder) / "a").read_bytes()[:8], "little")
    _text = (Path(_folder) / "a").read_bytes()[8 : 8 + _length]
HEADER: dict[str, Any] = json.loads(json.loads(_text)["__metadata__"]["trace"])
TENSORS = _packed(TRACE)[0]
NUMBERS = st.one_of(
    st.integers(-3, 12),
    st.sampled_from([2**31, 2**33, 2**40, 2**63, 2**64, -(2**63), 10**400, 1.0, 2.0, 1e300]),
    st.sampled_from([math.nan, math.inf, -math.inf, -0.0]),
)
STRANGE = st.one_of(
    NUMBERS,
    st.none(),
    st.booleans(),
    st.text(max_size=3),
    st.sampled_from(["conv", "fc", "linear", "matmul", "weight", "same", "x" * 3000, "a\nb"]),
    st.lists(NUMBERS, max_size=3),
    st.lists(st.lists(NUMBERS, max_size=2), max_size=2),
    st.dictionaries(st.sampled_from(["name", "kernel", "x"]), NUMBERS, max_size=2),
)
DTYPES = ("int8", "uint8", "int32", "uint64", "float16", "float32", "float64", "bool")


def places(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a header below its top."""
    below = value.items() if isinstance(value, dict) else enumerate(value)
    listed = []
    for key, entry in below:
        listed.append((*above, key))
        if isinstance(entry, dict | list):
            listed += places(entry, (*above, key))
    return listed


PLACES = [place for place in places(HEADER) if place != ("sha256",)]
MORE = ["dilation", "extra_padding", "input_dilation", "consumer_operand", "block", "nonsense"]


@st.composite
def headers(draw: st.DrawFn) -> dict[str, Any]:
    """The header with values replaced, removed or added at some places."""
    header = copy.deepcopy(HEADER)
    for place in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=2)):
        holder: Any = header
        try:
            for key in place[:-1]:
                holder = holder[key]
            holder[place[-1]] = holder[place[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # the first change took the second's place away
        change = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
        if change == "replace":
            holder[place[-1]] = draw(STRANGE)
        elif change == "remove":
            del holder[place[-1]]
        elif isinstance(holder, list):
            holder.append(draw(STRANGE))
        else:
            holder[draw(st.sampled_from(MORE))] = draw(STRANGE)
    return header


@st.composite
def tensors(draw: st.DrawFn) -> dict[str, Any]:
    """The tensors with one dropped, cut, of another type or shape, or one more."""
    changed = dict(TENSORS)
    name = draw(st.sampled_from(sorted(changed)))
    change = draw(st.sampled_from(["drop", "cut", "type", "shape", "more", "bits"]))
    if change == "drop":
        del changed[name]
    elif change == "cut":
        changed[name] = np.ascontiguousarray(changed[name][draw(st.integers(1, 2)) :])
    elif change == "type":
        changed[name] = changed[name].astype(draw(st.sampled_from(DTYPES)))
    elif change == "shape":
        changed[name] = changed[name].reshape(draw(st.sampled_from([(-1, 1), (1, 1, -1), (-1,)])))
    elif change == "more":
        changed[draw(st.sampled_from(["002.weight_mask", "001.block_map", "x"]))] = changed[name]
    else:
        changed[name] = ~changed[name]
    return changed


def read(header: Any, contents: dict[str, Any]) -> NetworkTrace | None:
    """What is read of a file with a right digest; nothing may be left beside the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.safetensors"
        if isinstance(header, dict):
            header = {**header, "sha256": _digest(header, contents)}
        text = header if isinstance(header, str) else json.dumps(header)
        path.write_bytes(save(contents, {"trace": text}))
        try:
            trace = read_trace(path)
        except UserError as error:
            said = str(error)
            assert said.startswith(str(path))
            assert said.isprintable()
            assert len(said) < 600
            return None
        finally:
            assert [entry.name for entry in Path(folder).iterdir()] == [path.name]
    return trace


def check_header(header: dict[str, Any]) -> None:
    """What was read says the same when it is written again."""
    trace = read(header, TENSORS)
    if trace is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        write_trace(Path(folder) / "a", trace)
        again = read_trace(Path(folder) / "a")
    assert again.provenance == trace.provenance
    for entry, other in zip(trace.layers, again.layers, strict=True):
        assert entry.trace.layer == other.trace.layer
        assert (entry.consumer, entry.consumer_operand) == (other.consumer, other.consumer_operand)
    for record, layer in zip(header["layers"], trace.traces, strict=True):
        kernel = record["layer"]["kernel"]
        sides = kernel if isinstance(kernel, list) else [kernel, kernel]
        sizes = (*sides, record["images"], record["activation_bound"])
        stored = (*layer.layer.kernel, layer.images, layer.activation_bound)
        assert [repr(size) for size in sizes] == [repr(size) for size in stored]


def check_tensors(contents: dict[str, Any]) -> None:
    trace = read(HEADER, contents)
    if trace is not None:
        assert trace.traces[0].weight.shape == TRACE.traces[0].weight.shape
        assert trace.traces[1].activation.shape == TRACE.traces[1].activation.shape


@settings(max_examples=FEW, deadline=None)
@given(headers())
def test_strange_headers_are_read_as_written_or_refused(header: dict[str, Any]) -> None:
    check_header(header)


@settings(max_examples=FEW, deadline=None)
@given(tensors())
def test_strange_tensors_are_read_or_refused(contents: dict[str, Any]) -> None:
    check_tensors(contents)


@pytest.mark.parametrize(
    "text", ["", "null", "3", "[" * 100_000, '{"version": ' + "9" * 5000 + "}", '{"a": "\\ud800"}']
)
def test_a_header_that_is_no_object_is_refused(text: str) -> None:
    assert read(text, TENSORS) is None


@pytest.mark.slow
@settings(max_examples=MANY, deadline=None)
@given(headers())
def test_thousands_of_strange_headers(header: dict[str, Any]) -> None:
    check_header(header)


@pytest.mark.slow
@settings(max_examples=MANY, deadline=None)
@given(tensors())
def test_thousands_of_strange_tensors(contents: dict[str, Any]) -> None:
    check_tensors(contents)
