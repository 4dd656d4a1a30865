"""Small ONNX files written node by node."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.onnx_import.network import record_onnx
from sim import NetworkTrace, Provenance

ORIGIN = Provenance("yours", "net", "dense", "measured", "measured", "a test")
node = helper.make_node


def model(
    nodes: Sequence[onnx.NodeProto],
    inputs: Mapping[str, Any],
    stored: Mapping[str, np.ndarray] | None = None,
    *,
    kind: int = TensorProto.FLOAT,
    opset: int = 21,
    functions: Sequence[onnx.FunctionProto] = (),
) -> onnx.ModelProto:
    """A network whose output is what the last node makes."""
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info(name, kind, shape) for name, shape in inputs.items()],
        [onnx.ValueInfoProto(name=nodes[-1].output[0])],
        [numpy_helper.from_array(value, name) for name, value in (stored or {}).items()],
    )
    domains = {each.domain for each in nodes} | {each.domain for each in functions}
    opsets = [helper.make_opsetid("", opset)]
    opsets += [helper.make_opsetid(domain, 1) for domain in sorted(domains - {""})]
    return helper.make_model(graph, functions=functions, opset_imports=opsets, ir_version=10)


def written(folder: Path, proto: onnx.ModelProto) -> Path:
    path = folder / "net.onnx"
    path.write_bytes(proto.SerializeToString())
    return path


def traced(folder: Path, proto: onnx.ModelProto, inputs: Any) -> NetworkTrace:
    return record_onnx(written(folder, proto), inputs, ORIGIN)


def floats(*shape: int) -> np.ndarray:
    """Real numbers, some of them zero."""
    rng = np.random.default_rng(sum(shape))
    return (rng.integers(-2, 3, shape)).astype(np.float32)
