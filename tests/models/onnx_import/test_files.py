"""Files that are not whole, or that point or claim more than they hold: one line each."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from models.onnx_import.files import read_model, tensor_values
from sim import UserError
from tests.models.onnx_import.exported_networks import FOLDER
from tests.models.onnx_import.onnx_graphs import floats, model, node, traced, written

WEIGHT = floats(4, 3)
MATMUL = [node("MatMul", ["x", "w"], ["y"])]


def network(tensor: TensorProto) -> onnx.ModelProto:
    proto = model(MATMUL, {"x": ["n", 4]})
    proto.graph.initializer.append(tensor)
    return proto


def raw(**changes: object) -> TensorProto:
    fields = {"name": "w", "dims": (4, 3), "data_type": TensorProto.FLOAT}
    return TensorProto(**(fields | {"raw_data": WEIGHT.tobytes()} | changes))


def outside(location: str, **entries: object) -> TensorProto:
    tensor = raw(data_location=TensorProto.EXTERNAL)
    tensor.ClearField("raw_data")
    for key, value in {"location": location, **entries}.items():
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def refused(path: Path, message: str) -> None:
    with pytest.raises(UserError, match=message) as refusal:
        read_model(path)
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize("kept", [0, 1, 40, 3000, 9000])
def test_a_truncated_file(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes((FOLDER / "convolutions.onnx").read_bytes()[:kept])
    refused(path, r"net\.onnx: ")


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_and_flipped_ones(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    path = tmp_path / "net.onnx"
    path.write_bytes(rng.bytes(2000))
    refused(path, r"net\.onnx: ")
    whole = bytearray((FOLDER / "convolutions.onnx").read_bytes())
    for place in rng.integers(0, len(whole), 30):
        whole[place] ^= 255
    path.write_bytes(whole)
    with suppress(UserError):  # whatever else is raised is a defect
        read_model(path)


@pytest.mark.parametrize("text", [b"depthwise.weight", b"Conv", b"node_relu"])
def test_names_that_are_no_text(tmp_path: Path, text: bytes) -> None:
    whole = (FOLDER / "convolutions.onnx").read_bytes()
    assert text in whole
    path = tmp_path / "net.onnx"
    path.write_bytes(whole.replace(text, b"\xff" + text[1:]))
    refused(path, "a name in it is no text")


def test_no_file_and_no_network(tmp_path: Path) -> None:
    refused(tmp_path / "none.onnx", r"none\.onnx: no such file")
    refused(tmp_path, "no such file")
    with (tmp_path / "holes.onnx").open("wb") as file:
        file.truncate(2**31)  # takes no space
    refused(tmp_path / "holes.onnx", "larger than the 2 GB")
    refused(written(tmp_path, onnx.ModelProto()), "holds no layers")


@pytest.mark.parametrize(
    ("tensor", "message"),
    [
        (raw(dims=(4, 2)), "weights w hold 48 bytes but shape .4, 2. takes 32"),
        (raw(dims=(10**9, 10**9)), "at most"),
        (raw(dims=(2**20, 2**12)), "takes 17179869184"),
        (raw(dims=(-4, -3)), "weights w have shape"),
        (raw(data_type=77), "unknown type 77"),
        (raw(name="w\nx"), None),
    ],
)
def test_weights_that_do_not_fill_their_shape(
    tmp_path: Path, tensor: TensorProto, message: str | None
) -> None:
    path = written(tmp_path, network(tensor))
    if message is not None:
        refused(path, message)


def test_a_list_of_values_that_is_too_short(tmp_path: Path) -> None:
    tensor = helper.make_tensor("w", TensorProto.FLOAT, (2,), [1.0, 2.0])
    tensor.dims[:] = [2**33]
    refused(written(tmp_path, network(tensor)), "hold 2 values, not those of shape")


@pytest.mark.parametrize(
    ("tensor", "message"),
    [
        (outside("gone.bin"), r"lie in gone\.bin, which is missing"),
        (outside("../secret.bin"), "expected a file in the folder"),
        (outside("/etc/hostname"), "expected a file in the folder"),
        (outside("link.bin"), "expected a file in the folder"),
        (outside(""), "expected a file in the folder"),
        (outside("data.bin", offset=8), "takes 48"),
        (outside("data.bin", offset=8, length=48), "take bytes 8 to 56"),
        (outside("data.bin", offset=-8, length=48), "take bytes"),
        (outside("data.bin", offset="x"), "are no numbers"),
        (outside("data.bin", length=10**15), "take bytes"),
        (outside("."), "missing"),
    ],
)
def test_data_in_other_files(tmp_path: Path, tensor: TensorProto, message: str) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "secret.bin").write_bytes(WEIGHT.tobytes())
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    (folder / "data.bin").write_bytes(WEIGHT.tobytes())
    refused(written(folder, network(tensor)), message)


def test_data_in_a_file_beside_the_network(tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(b"12345678" + WEIGHT.tobytes())
    proto = network(outside("data.bin", offset=8, length=48))
    path = written(tmp_path, proto)
    tensor = read_model(path).graph.initializer[0]
    assert np.array_equal(tensor_values(path, tensor), WEIGHT)
    (layer,) = traced(tmp_path, proto, floats(2, 4)).traces
    assert np.array_equal(layer.weight[:, :, 0, 0], WEIGHT.T != 0)
