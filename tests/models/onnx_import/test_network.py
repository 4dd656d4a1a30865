"""An ONNX file gives the trace that PyTorch gives for the exported network, bit for bit."""

from pathlib import Path

import numpy as np
import pytest
import torch

from models.recording import record
from sim import NetworkTrace
from tests.models.onnx_import.exported_networks import (
    FOLDER,
    NETWORKS,
    exact,
    exact_inputs,
    export,
)


def assert_same(trace: NetworkTrace, other: NetworkTrace) -> None:
    """Layers, names, who reads whom, and every zero."""
    assert [one.layer for one in trace.traces] == [one.layer for one in other.traces]
    for one, two in zip(trace.layers, other.layers, strict=True):
        assert np.array_equal(one.trace.weight, two.trace.weight), one.trace.layer.name
        assert np.array_equal(one.trace.activation, two.trace.activation), one.trace.layer.name
        assert one.consumer == two.consumer
        assert one.consumer_operand == two.consumer_operand


@pytest.mark.parametrize("name", NETWORKS)
def test_the_trace_is_that_of_the_module(name: str) -> None:
    inputs = exact_inputs(3)
    trace = record(FOLDER / f"{name}.onnx", inputs)
    module = record(exact(name), inputs, int8=False)
    assert_same(trace, module)
    shares = [one.activation_density for one in trace.traces[1:]]
    assert min(shares) < 0.7  # there are zeros to agree on
    assert "not INT8" in trace.provenance.data
    assert trace.provenance.network == name


def test_rounded_to_int8_the_zeros_are_those_of_the_rounded_module() -> None:
    inputs = exact_inputs(3)
    trace = record(FOLDER / "convolutions.onnx", inputs, int8=True)
    assert "INT8" in trace.provenance.data
    assert_same(trace, record(exact("convolutions"), inputs, int8=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_the_stored_exports_are_those_of_the_networks(name: str, tmp_path: Path) -> None:
    path = tmp_path / "new.onnx"
    path.write_bytes(export(exact(name), torch.from_numpy(exact_inputs())))
    inputs = exact_inputs(1)
    assert_same(record(path, inputs), record(FOLDER / f"{name}.onnx", inputs))
