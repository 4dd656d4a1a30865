import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save, save_file

from sim import NetworkTrace, UserError
from sim.trace_file import _digest, read_trace, write_trace
from tests.sim.trace_files import rewritten, small_trace, with_block_map


@pytest.fixture
def trace() -> NetworkTrace:
    return small_trace()


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
        {"activation_bound": None},
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
