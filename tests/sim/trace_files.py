"""A small trace, and ways to spoil its file."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from sim import BlockMap, Layer, LayerTrace, NetworkTrace, Provenance, TracedLayer
from sim.trace_file import _digest


def small_trace() -> NetworkTrace:
    """A convolution and a fully connected layer, INT8 weights among them."""
    rng = np.random.default_rng(0)
    conv = Layer.conv("conv", 3, 5, 3, stride=2, padding=1, input_size=(7, 9))
    fc = Layer.linear("fc", 100, 11)
    int8 = rng.integers(-2, 3, conv.weight_shape).astype(np.int8)
    first = LayerTrace(conv, int8 != 0, rng.random((2, 3, 7, 9)) < 0.5, activation_bound=3)
    second = LayerTrace(fc, rng.random((11, 100, 1, 1)) < 0.3, rng.random((2, 100, 1, 1)) < 0.5)
    provenance = Provenance("digits", "lenet5", "dense", "measured", "measured", "test images")
    return NetworkTrace(provenance, (TracedLayer(first, int8, "fc"), TracedLayer(second)))


def with_block_map(trace: NetworkTrace, seed: int = 1) -> NetworkTrace:
    """The same with a map of 4x5 blocks on the first layer."""
    first, *others = trace.layers
    zero = np.random.default_rng(seed).random((2, 4, 7)) < 0.5  # 20 pixels, 27 columns
    mapped = replace(first.trace, block_map=BlockMap(4, 5, zero))
    return NetworkTrace(trace.provenance, (replace(first, trace=mapped), *others))


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


def both_numbers() -> NetworkTrace:
    """The small trace with the zeros of real numbers beside it, which are fewer."""
    trace = small_trace()
    more = np.random.default_rng(7)
    layers = tuple(
        TracedLayer(
            LayerTrace(
                entry.trace.layer,
                entry.trace.weight | (more.random(entry.trace.weight.shape) < 0.2),
                entry.trace.activation | (more.random(entry.trace.activation.shape) < 0.3),
                activation_bound=8,
            ),
            None,
            *entry.readings[0],
        )
        for entry in trace.layers
    )
    origin = replace(trace.provenance, data="numbers as they are")
    return replace(trace, other=NetworkTrace(origin, layers, "real"))
