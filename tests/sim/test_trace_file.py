import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save, save_file

from sim import (
    BlockMap,
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
from sim.trace_file import _digest, read_trace, write_trace


@pytest.fixture
def trace() -> NetworkTrace:
    rng = np.random.default_rng(0)
    conv = Layer.conv("conv", 3, 5, 3, stride=2, padding=1, input_size=(7, 9))
    fc = Layer.linear("fc", 100, 11)
    int8 = rng.integers(-2, 3, conv.weight_shape).astype(np.int8)
    first = LayerTrace(conv, int8 != 0, rng.random((2, 3, 7, 9)) < 0.5, activation_bound=3)
    second = LayerTrace(fc, rng.random((11, 100, 1, 1)) < 0.3, rng.random((2, 100, 1, 1)) < 0.5)
    provenance = Provenance("digits", "lenet5", "dense", "measured", "measured", "test images")
    return NetworkTrace(provenance, (TracedLayer(first, int8, "fc"), TracedLayer(second)))


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


def test_round_trip_keeps_dilation_and_every_side_of_the_padding(tmp_path: Path) -> None:
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


def with_block_map(trace: NetworkTrace, seed: int = 1) -> NetworkTrace:
    """The same with a map of 4x5 blocks on the first layer."""
    first, *others = trace.layers
    zero = np.random.default_rng(seed).random((2, 4, 7)) < 0.5  # 20 pixels, 27 columns
    mapped = replace(first.trace, block_map=BlockMap(4, 5, zero))
    return NetworkTrace(trace.provenance, (replace(first, trace=mapped), *others))


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


def rewritten(path: Path, record: dict[str, Any] | None, tensors: dict[str, Any]) -> None:
    """Change the first layer's record and the tensors of a trace; None drops an entry."""
    with safe_open(path, framework="numpy") as file:
        header = json.loads(file.metadata()["trace"])
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    arrays = {key: value for key, value in {**arrays, **tensors}.items() if value is not None}
    changed = {**header["layers"][0], **(record or {})}
    header["layers"][0] = {key: value for key, value in changed.items() if value is not None}
    header["sha256"] = _digest(header, arrays)
    save_file(arrays, path, {"trace": json.dumps(header)})


@pytest.mark.parametrize(
    ("record", "tensors", "message"),
    [
        ({"block": [4, 4]}, {}, "bytes of mask for"),
        ({"block": None}, {}, "block map without its block size"),
        ({}, {"000.block_map": None}, "or the reverse"),
        ({"block": [0, 5]}, {}, "width is 0"),
        ({"block": [4]}, {}, "inconsistent trace"),
        ({}, {"000.block_map": np.zeros(3, dtype=np.uint8)}, "3 bytes of mask for 56 values"),
    ],
)
def test_a_block_map_of_another_size_is_one_line(
    trace: NetworkTrace, tmp_path: Path, record: dict[str, Any], tensors: Any, message: str
) -> None:
    path = tmp_path / "a"
    write_trace(path, with_block_map(trace))
    rewritten(path, record, tensors)
    with pytest.raises(UserError, match=message) as refused:
        read_trace(path)
    assert "\n" not in str(refused.value)


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


@pytest.mark.parametrize("keep", [0, 4, 200, -1])
def test_truncated_file(trace: NetworkTrace, tmp_path: Path, keep: int) -> None:
    path = tmp_path / "a"
    write_trace(path, trace)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UserError, match="not a whole safetensors file"):
        read_trace(path)


def test_flipped_bit(trace: NetworkTrace, tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_trace(path, trace)
    data = bytearray(path.read_bytes())
    data[-3] ^= 4
    path.write_bytes(data)
    with pytest.raises(UserError, match="checksum"):
        read_trace(path)


def test_another_version_and_foreign_files(tmp_path: Path) -> None:
    path = tmp_path / "a"
    save_file({}, path, {"trace": json.dumps({"version": 99})})
    with pytest.raises(UserError, match="version 99"):
        read_trace(path)
    for header in ({"format": "pt"}, {"trace": "[]"}, {"trace": "{"}):
        save_file({}, path, header)
        with pytest.raises(UserError, match="not a trace"):
            read_trace(path)


@pytest.mark.parametrize(
    "change",
    [
        {"layers": []},
        {"layers": 3},
        {"provenance": {"suite": "digits"}},
        {"consumer": "nowhere"},
        {"images": 9},
        {"layer": "conv"},
        {"layer": {"stride": [0, 0]}},
        {"layer": {"groups": 2}},
    ],
)
def test_a_header_that_contradicts_itself_is_one_line(
    trace: NetworkTrace, tmp_path: Path, change: dict[str, Any]
) -> None:
    path = tmp_path / "a"
    write_trace(path, trace)
    with safe_open(path, framework="numpy") as file:
        header = json.loads(file.metadata()["trace"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    for name, value in change.items():
        place = header if name in header else header["layers"][0]
        place[name] = {**place[name], **value} if name == "layer" and value != "conv" else value
    header["sha256"] = _digest(header, tensors)
    save_file(tensors, path, {"trace": json.dumps(header)})
    with pytest.raises(UserError, match="inconsistent trace") as refused:
        read_trace(path)
    assert "\n" not in str(refused.value)


def test_int8_weights_must_agree_with_the_mask(trace: NetworkTrace, tmp_path: Path) -> None:
    entry = trace.layers[0]
    assert entry.weight_int8 is not None
    wrong = TracedLayer(entry.trace, 1 - entry.weight_int8, entry.consumer)
    with pytest.raises(ValueError, match="disagree"):
        write_trace(tmp_path / "a", NetworkTrace(trace.provenance, (wrong,)))
    assert not list(tmp_path.iterdir())


def test_a_changed_header_is_noticed(tmp_path: Path, trace: NetworkTrace) -> None:
    path = tmp_path / "trace.safetensors"
    write_trace(path, trace)
    path.write_bytes(path.read_bytes().replace(b"measured", b"modelled"))
    with pytest.raises(UserError, match="do not match the checksum"):
        read_trace(path)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"stride": [7, 7]}, "header or tensors do not match the checksum"),
        ({"groups": 2}, "header or tensors do not match the checksum"),
    ],
)
def test_a_header_that_was_edited_is_noticed_without_a_seal(
    trace: NetworkTrace, tmp_path: Path, record: dict[str, Any], message: str
) -> None:
    path = tmp_path / "a"
    write_trace(path, trace)
    with safe_open(path, framework="numpy") as file:
        header = json.loads(file.metadata()["trace"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    header["layers"][0]["layer"] |= record
    (tmp_path / ".a.sha256").unlink()
    path.write_bytes(save(tensors, {"trace": json.dumps(header)}))
    with pytest.raises(UserError, match=message):
        read_trace(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"padding": [10**9, 10**9]}, "padded input would hold"),
        (
            {"in_channels": 2**40},
            "in_channels is 1099511627776; expected a whole number >= 1 and <=",
        ),
        ({"kind": "pool"}, "kind is 'pool'"),
        ({"name": ""}, "name of a layer"),
    ],
)
def test_impossible_layers_in_a_header_are_one_line(
    trace: NetworkTrace, tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    path = tmp_path / "a"
    write_trace(path, trace)
    layer = json.loads(json.dumps(asdict(trace.layers[0].trace.layer)))
    rewritten(path, {"layer": {**layer, **change}}, {})
    with pytest.raises(UserError, match=message):
        read_trace(path)


def test_unknown_sources_of_zeros_are_refused() -> None:
    with pytest.raises(UserError, match="weight_source is 'guessed'; expected one of measured"):
        Provenance("digits", "toy", "dense", "guessed", "measured", "made up")  # type: ignore[arg-type]


def test_a_path_may_be_text_and_nothing_else(trace: NetworkTrace, tmp_path: Path) -> None:
    write_trace(str(tmp_path / "a"), trace)
    assert len(read_trace(str(tmp_path / "a")).layers) == len(trace.layers)
    with pytest.raises(UserError, match="takes a path, not int"):
        read_trace(7)  # type: ignore[arg-type]
