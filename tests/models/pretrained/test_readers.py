from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from models.pretrained.readers.graph_def import _graph_class, read_graph_def
from models.pretrained.readers.onnx_file import read_onnx
from sim.errors import UserError
from tests.models.pretrained.files import write_graph_def, write_single_layer

VALUES = torch.arange(24.0).reshape(2, 3, 4)


def test_constants_of_a_frozen_graph(tmp_path: Path) -> None:
    path = tmp_path / "graph.pb"
    write_graph_def(path, {"a": VALUES, "b": torch.tensor(0.5)})
    constants = read_graph_def(path)
    assert list(constants) == ["a", "b"]
    torch.testing.assert_close(constants["a"], VALUES, rtol=0, atol=0)
    assert constants["b"].shape == ()


@pytest.mark.parametrize("kept", [1, 30, 80])
def test_a_truncated_graph_is_refused(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "graph.pb"
    write_graph_def(path, {"a": VALUES})
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(UserError, match=r"graph\.pb: ") as refusal:
        read_graph_def(path)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("shape", [(5, 5), (-1, 24), (10**9, 10**9)])
def test_a_constant_that_does_not_fill_its_shape(tmp_path: Path, shape: tuple[int, ...]) -> None:
    path = tmp_path / "graph.pb"
    write_graph_def(path, {"a": VALUES})
    graph = _graph_class().FromString(path.read_bytes())
    stored = graph.node[1].attr[0].value.tensor.shape
    del stored.dim[:]
    for size in shape:
        stored.dim.add(size=size)
    path.write_bytes(graph.SerializeToString())
    with pytest.raises(UserError, match="constant a holds 24 values"):
        read_graph_def(path)


def test_bytes_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "graph.pb"
    path.write_bytes(b"\x80\x04 not a graph")
    with pytest.raises(UserError, match=r"graph\.pb"):
        read_graph_def(path)
    path.write_bytes(b"")
    with pytest.raises(UserError, match="holds no float constants"):
        read_graph_def(path)


def test_a_truncated_onnx_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    write_single_layer(path, numpy_helper.from_array(np.ones((2, 3, 1, 1), np.float32), "w"))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UserError, match=r"net\.onnx: not a whole ONNX file"):
        read_onnx(path)


def test_weights_outside_the_folder_are_refused(tmp_path: Path) -> None:
    tensor = onnx.TensorProto(name="w", dims=[1], data_type=onnx.TensorProto.FLOAT)
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/hostname")
    path = tmp_path / "net.onnx"
    write_single_layer(path, tensor)
    with pytest.raises(UserError, match="weights w lie at '/etc/hostname'; expected"):
        read_onnx(path)


def test_weights_that_do_not_fill_their_shape(tmp_path: Path) -> None:
    tensor = numpy_helper.from_array(np.ones((2, 3, 1, 1), np.float32), "w")
    tensor.dims[0] = 3
    path = tmp_path / "net.onnx"
    write_single_layer(path, tensor)
    with pytest.raises(UserError, match="weights w hold 24 bytes but shape"):
        read_onnx(path)


def test_a_graph_without_layers(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"")
    with pytest.raises(UserError, match="holds no layers"):
        read_onnx(path)
