import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from sim import (
    Layer,
    LayerTrace,
    NetworkTrace,
    Provenance,
    TracedLayer,
    UserError,
    accelerator,
    matmul,
    simulate,
)
from sim.trace_file import read_trace, write_trace
from tests.sim.test_network_trace import network
from tests.sim.trace_files import both_numbers, small_trace, with_block_map


@pytest.fixture
def trace() -> NetworkTrace:
    return small_trace()


def test_round_trip_keeps_every_bit_and_links_consumers(
    trace: NetworkTrace, tmp_path: Path
) -> None:
    path = tmp_path / "deep" / "a.safetensors"
    write_trace(path, trace)
    back = read_trace(path)
    assert back.provenance == trace.provenance
    for written, read in zip(trace.layers, back.layers, strict=True):
        assert written.trace.layer == read.trace.layer
        assert np.array_equal(written.trace.weight, read.trace.weight)
        assert np.array_equal(written.trace.activation, read.trace.activation)
        assert written.trace.activation_bound == read.trace.activation_bound
    assert np.array_equal(back.layers[0].weight_int8, trace.layers[0].weight_int8)
    assert np.array_equal(back.traces[0].output, trace.layers[1].trace.activation)
    assert back.traces[1].output is None
    assert sorted(p.name for p in path.parent.iterdir()) == [
        ".a.safetensors.sha256",
        "a.safetensors",
    ]


def test_plain_layers_are_written_without_the_fields_that_they_do_not_need(
    trace: NetworkTrace, tmp_path: Path
) -> None:
    write_trace(tmp_path / "a", trace)
    with safe_open(tmp_path / "a", "numpy") as file:
        header = json.loads(file.metadata()["trace"])
    names = "name kind in_channels out_channels kernel stride padding input_size groups"
    assert all(sorted(entry["layer"]) == sorted(names.split()) for entry in header["layers"])


def test_round_trip_keeps_dilation_every_side_of_the_padding_and_residual(tmp_path: Path) -> None:
    odd = Layer.conv(
        "odd",
        2,
        3,
        (3, 2),
        stride=(1, 2),
        padding=((1, 4), (0, 2)),
        input_size=(5, 6),
        dilation=(2, 1),
        input_dilation=(1, 3),
    )
    odd = replace(odd, residual_elements=7)
    rng = np.random.default_rng(1)
    masks = rng.random(odd.weight_shape) < 0.5, rng.random((1, *odd.input_shape)) < 0.5
    provenance = Provenance("s", "n", "dense", "modelled", "modelled", "none")
    write_trace(tmp_path / "a", NetworkTrace(provenance, (TracedLayer(LayerTrace(odd, *masks)),)))
    assert read_trace(tmp_path / "a").traces[0].layer == odd


def test_round_trip_keeps_attention_with_its_two_readers(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    tokens, scores = Layer.linear("q", 5, 6, 4), matmul("scores", 4, 3, 4, 2)
    linear = LayerTrace(tokens, activation=rng.random((2, *tokens.input_shape)) < 0.5)
    weight = rng.random((2, *scores.weight_shape)) < 0.5
    product = LayerTrace(scores, weight, rng.random((2, *scores.input_shape)) < 0.5)
    layers = (
        TracedLayer(linear, None, "scores"),
        TracedLayer(linear, None, "scores", "weight"),
        TracedLayer(product),
    )
    provenance = Provenance("s", "n", "dense", "modelled", "modelled", "none")
    write_trace(tmp_path / "a", NetworkTrace(provenance, layers))
    query, key, read = read_trace(tmp_path / "a").traces
    assert read.layer == scores
    assert np.array_equal(read.weight, weight)
    assert np.array_equal(query.output, product.activation)
    assert np.array_equal(key.output, product.second_map)
    with pytest.raises(UserError, match="consumer_operand is 'both'"):
        TracedLayer(linear, None, "scores", "both")  # type: ignore[arg-type]


def test_a_product_that_says_it_is_the_same_for_all_images_is_written_for_each(
    tmp_path: Path,
) -> None:
    layer = matmul("scores", 4, 3, 4)
    trace = LayerTrace(layer, activation=np.ones((3, *layer.input_shape), dtype=np.bool_))
    provenance = Provenance("s", "n", "dense", "modelled", "modelled", "none")
    write_trace(tmp_path / "a", NetworkTrace(provenance, (TracedLayer(trace),)))
    (back,) = read_trace(tmp_path / "a").traces
    assert back.weight.shape == (3, *layer.weight_shape)
    alone = replace(trace, reads_image=True, ends_network=True)
    assert simulate(back, accelerator("sa")) == simulate(alone, accelerator("sa"))


def test_round_trip_keeps_the_block_map(trace: NetworkTrace, tmp_path: Path) -> None:
    mapped = with_block_map(trace)
    write_trace(tmp_path / "a", mapped)
    back = read_trace(tmp_path / "a")
    copied, shared = back.traces[0].block_map, mapped.traces[0].block_map
    assert copied is not None
    assert shared is not None
    assert (copied.width, copied.height) == (4, 5)
    assert np.array_equal(copied.zero, shared.zero)
    assert back.traces[1].block_map is None


def test_first_layer_reads_the_image_and_the_last_ends_the_network(trace: NetworkTrace) -> None:
    assert [layer.reads_image for layer in trace.traces] == [True] + [False] * (
        len(trace.layers) - 1
    )
    ends = [entry.consumer is None for entry in trace.layers]
    assert [layer.ends_network for layer in trace.traces] == ends


def test_same_trace_same_bytes(trace: NetworkTrace, tmp_path: Path) -> None:
    for name in "ab":
        write_trace(tmp_path / name, trace)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such trace"):
        read_trace(tmp_path / "none")


def test_int8_weights_must_agree_with_the_mask(trace: NetworkTrace, tmp_path: Path) -> None:
    entry = trace.layers[0]
    assert entry.weight_int8 is not None
    wrong = TracedLayer(entry.trace, 1 - entry.weight_int8, entry.consumer)
    with pytest.raises(ValueError, match="disagree"):
        write_trace(tmp_path / "a", NetworkTrace(trace.provenance, (wrong,)))
    assert not list(tmp_path.iterdir())


def test_a_reader_that_is_no_layer_is_refused_before_anything_is_written(
    trace: NetworkTrace, tmp_path: Path
) -> None:
    lost = replace(trace.layers[-1], consumer="nowhere")
    with pytest.raises(UserError, match=r"unknown consumer of .*'nowhere'"):
        write_trace(tmp_path / "t", replace(trace, layers=(*trace.layers[:-1], lost)))
    assert not list(tmp_path.iterdir())


def test_unknown_sources_of_zeros_are_refused() -> None:
    with pytest.raises(UserError, match="weight_source is 'guessed'; expected one of measured"):
        Provenance("digits", "toy", "dense", "guessed", "measured", "made up")  # type: ignore[arg-type]


def test_a_path_may_be_text_and_nothing_else(trace: NetworkTrace, tmp_path: Path) -> None:
    write_trace(str(tmp_path / "a"), trace)
    assert len(read_trace(str(tmp_path / "a")).layers) == len(trace.layers)
    with pytest.raises(UserError, match="takes a path, not int"):
        read_trace(7)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="no path holds such letters"):
        write_trace(str(tmp_path / "\ud800"), trace)


def test_a_name_that_no_file_may_have_is_said_once(trace: NetworkTrace, tmp_path: Path) -> None:
    name = "x" * 300
    with pytest.raises(UserError, match="cannot be written: File name too long") as refused:
        write_trace(tmp_path / name, trace)
    assert str(refused.value).count(name) == 1
    assert not list(tmp_path.iterdir())


def test_round_trip_keeps_who_reads_which_piece(tmp_path: Path) -> None:
    trace = network()
    write_trace(tmp_path / "a", trace)
    back = read_trace(tmp_path / "a")
    assert back.layers[0].pieces == trace.layers[0].pieces
    assert np.array_equal(back.traces[0].output, trace.traces[0].output)


def test_round_trip_keeps_the_zeros_of_both_kinds_of_numbers(tmp_path: Path) -> None:
    trace = both_numbers()
    write_trace(tmp_path / "a", trace)
    back = read_trace(tmp_path / "a")
    assert (back.numbers, back.other is None) == ("int8", False)
    assert list(back.forms) == ["int8", "real"]
    for numbers, form in trace.forms.items():
        read = back.form(numbers)
        assert read.provenance == form.provenance
        for one, two in zip(form.traces, read.traces, strict=True):
            assert np.array_equal(one.weight, two.weight)
            assert np.array_equal(one.activation, two.activation)
            assert (one.output is None) == (two.output is None)
    write_trace(tmp_path / "b", trace.form("real"))
    assert read_trace(tmp_path / "b").numbers == "real"
