"""Anything handed to the Python door: a right answer or one line; nothing else, nothing left."""

import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import (
    Events,
    Layer,
    LayerTrace,
    NetworkTrace,
    Provenance,
    TracedLayer,
    UserError,
    accelerator,
    configurations,
    conv1d,
    conv_transpose,
    matmul,
    read_trace,
    simulate,
    write_trace,
)
from sim.comparison import compare
from sim.consistency import check_events

FEW, MANY = 12, 5000
SLACK = {"deadline": None, "suppress_health_check": list(HealthCheck)}
NUMBERS = st.one_of(
    st.integers(-2, 6),
    st.integers(1, 6).map(np.int64),
    st.integers(0, 6).map(np.uint8),
    st.sampled_from([2**31, 2**63, 2**64, -(2**63), 10**400, 1.0, 0.5, 1e300]),
    st.sampled_from([math.nan, math.inf, -math.inf, np.float32(2), np.bool_(True)]),
)
STRANGE = st.one_of(
    NUMBERS,
    st.none(),
    st.booleans(),
    st.text(max_size=3),
    st.sampled_from(["same", "conv", "x" * 5000, "a\nb", "\0", "\ud800", b"sa", {}, object(), int]),
    st.tuples(NUMBERS, NUMBERS),
    st.lists(NUMBERS, max_size=3),
    st.tuples(st.tuples(NUMBERS, NUMBERS), st.tuples(NUMBERS, NUMBERS)),
    st.builds(np.zeros, st.sampled_from([(), (0,), (2,), (2, 2), (1, 2, 4, 4)])),
    st.builds(np.ones, st.sampled_from([(), (2, 4, 4), (1, 2, 4, 4), (3, 2, 3, 3)]), st.just(bool)),
)
SMALL = Layer.conv("c", 2, 3, 3, padding=1, input_size=4)
TRACE = LayerTrace.of(SMALL)
ORIGIN = Provenance("s", "n", "dense", "modelled", "modelled", "none")
NETWORK = NetworkTrace(ORIGIN, (TracedLayer(TRACE),))
PLAIN: dict[str, tuple[Callable[..., Layer], dict[str, Any]]] = {
    "conv": (
        Layer.conv,
        {"name": "c", "in_channels": 2, "out_channels": 4, "kernel": 3, "padding": 1}
        | {"stride": 1, "input_size": 4, "groups": 1, "dilation": 1, "input_dilation": 1},
    ),
    "linear": (Layer.linear, {"name": "f", "in_features": 5, "out_features": 2, "tokens": 6}),
    "class": (
        Layer,
        {"name": "c", "kind": "conv", "in_channels": 2, "out_channels": 4, "kernel": (3, 3)}
        | {"stride": (1, 1), "padding": (1, 1), "input_size": (4, 4), "groups": 1}
        | {"dilation": (1, 1), "extra_padding": (0, 0), "input_dilation": (1, 1)},
    ),
    "conv1d": (
        conv1d,
        {"name": "c", "in_channels": 2, "out_channels": 2, "kernel": 3, "length": 7, "padding": 1},
    ),
    "transposed": (
        conv_transpose,
        {"name": "c", "in_channels": 2, "out_channels": 2, "kernel": 3, "stride": 2}
        | {"input_size": 3, "padding": 1, "output_padding": 1},
    ),
    "matmul": (matmul, {"name": "m", "rows": 4, "inner": 3, "columns": 2, "batch": 2}),
}


def right_or_line(call: Callable[[], Any]) -> Any:
    """What a call returns; None where it gave one line."""
    try:
        return call()
    except UserError as error:
        said = str(error)
        assert said.isprintable()
        assert 10 < len(said) < 6000  # a list of names may be long
        return None


@st.composite
def layers(draw: st.DrawFn) -> tuple[Callable[..., Layer], dict[str, Any]]:
    """A way to make a layer, with one or two arguments replaced."""
    make, arguments = PLAIN[draw(st.sampled_from(sorted(PLAIN)))]
    names = st.sampled_from(sorted(arguments))
    return make, arguments | draw(st.dictionaries(names, STRANGE, min_size=1, max_size=2))


def check_layer(case: tuple[Callable[..., Layer], dict[str, Any]]) -> None:
    """A layer that is made has plain sizes and simulates, if it is small."""
    layer = right_or_line(lambda: case[0](**case[1]))
    if layer is None:
        return
    sizes = [layer.in_channels, layer.groups, *layer.kernel, *layer.stride, *layer.padding]
    assert all(type(size) is int for size in (*sizes, *layer.input_size, *layer.extra_padding))
    if max(layer.dense_macs, math.prod(layer.padded_size)) < 10**4:
        trace = LayerTrace.of(layer)
        check_events("sa", accelerator("sa"), trace, simulate(trace, accelerator("sa")))


@st.composite
def traces(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of LayerTrace.of beside the layer, one or two of them strange."""
    names = ["layer", "weight", "activation", "output", "activation_bound", "block_map"]
    names += ["reads_image", "ends_network"]
    strange = st.dictionaries(st.sampled_from(names), STRANGE, min_size=1, max_size=2)
    return {"layer": SMALL} | draw(strange)


def check_trace(arguments: dict[str, Any]) -> None:
    trace = right_or_line(lambda: LayerTrace.of(**arguments))
    if trace is not None:
        for name in ("sa", "scnn"):
            model = accelerator(name)
            check_events(name, model, trace, simulate(trace, model))


@st.composite
def designs(draw: st.DrawFn) -> tuple[Any, dict[str, Any]]:
    """A configuration, mostly one that exists, and values for some of its parameters."""
    name = draw(st.sampled_from(sorted(configurations())))
    parameters = sorted(configurations()[name].parameters)
    strange = st.dictionaries(st.sampled_from([*parameters, "rovs"]), STRANGE, max_size=2)
    return draw(st.just(name) | st.just(name) | STRANGE), draw(strange)


def check_design(case: tuple[Any, dict[str, Any]]) -> None:
    """A design that is made counts what the masks have, whatever its size."""
    model = right_or_line(lambda: accelerator(case[0], **case[1]))
    if model is not None:
        events = right_or_line(lambda: simulate(TRACE, model))
        assert events is None or isinstance(check_events("it", model, TRACE, events), Events)


CALLS = st.one_of(
    st.tuples(st.just(simulate), st.tuples(STRANGE | st.just(TRACE), STRANGE)),
    st.tuples(st.just(compare), st.tuples(STRANGE | st.just(NETWORK), STRANGE)),
    st.tuples(st.just(compare), st.tuples(st.just(NETWORK), st.just(["sa"]), STRANGE)),
    st.tuples(
        st.just(compare),
        st.tuples(st.just(NETWORK), st.dictionaries(st.just("x"), STRANGE, min_size=1)),
    ),
    st.tuples(st.just(read_trace), st.tuples(STRANGE)),
    st.tuples(st.just(Provenance), st.tuples(*[STRANGE | st.just("measured")] * 6)),
    st.tuples(st.just(NetworkTrace), st.tuples(STRANGE | st.just(ORIGIN), STRANGE)),
    st.tuples(st.just(TracedLayer), st.tuples(st.just(TRACE), STRANGE, STRANGE)),
)


def check_call(call: tuple[Callable[..., Any], tuple[Any, ...]]) -> None:
    right_or_line(lambda: call[0](*call[1]))


def check_written(case: tuple[Any, Any, Any]) -> None:
    """A trace that was written can be read; one that was refused leaves no file."""
    name, weight, consumer = case
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name if isinstance(name, str) and "/" not in name else name
        if not isinstance(path, Path) and isinstance(path, str):
            return  # it would leave the folder

        def write() -> bool:
            network = NetworkTrace(ORIGIN, (TracedLayer(TRACE, weight, consumer),))
            write_trace(path, network)
            return True

        if right_or_line(write):
            assert len(read_trace(path).layers) == 1
        else:
            assert not list(Path(folder).iterdir())


WRITTEN = st.tuples(
    STRANGE | st.just("a"),
    st.none() | st.just(np.ones(SMALL.weight_shape, np.int8)) | STRANGE,
    st.none() | STRANGE,
)
KINDS: list[Any] = [
    pytest.param(layers(), check_layer, id="layers"),
    pytest.param(traces(), check_trace, id="traces"),
    pytest.param(designs(), check_design, id="designs"),
    pytest.param(CALLS, check_call, id="calls"),
    pytest.param(WRITTEN, check_written, id="written"),
]


@pytest.mark.parametrize(("cases", "check"), KINDS)
@settings(max_examples=FEW, **SLACK)
@given(data=st.data())
def test_the_door_answers_or_says_why_not(
    cases: st.SearchStrategy[Any], check: Callable[[Any], None], data: st.DataObject
) -> None:
    check(data.draw(cases))


def test_numbers_without_a_text_are_refused_in_a_line() -> None:
    huge = 10**5000  # Python writes no number of more than 4300 digits
    for call in (
        lambda: Layer.conv("c", huge, 1, 1),
        lambda: Layer.linear("c", 1, 1, huge),
        lambda: LayerTrace.of(SMALL, activation_bound=huge),
        lambda: accelerator("sa", rows=huge),
        lambda: accelerator([huge]),  # type: ignore[arg-type]
    ):
        with pytest.raises(UserError, match="very large"):
            call()


@pytest.mark.slow
@pytest.mark.parametrize(("cases", "check"), KINDS)
@settings(max_examples=MANY, **SLACK)
@given(data=st.data())
def test_thousands_of_calls(
    cases: st.SearchStrategy[Any], check: Callable[[Any], None], data: st.DataObject
) -> None:
    check(data.draw(cases))
