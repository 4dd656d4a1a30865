"""One call for modules and ONNX files; PyTorch only where a module is run."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from models.recording import record
from sim import UserError
from sim.outputs import output_values, scaled, written_share
from tests.models.attention import encoder, images
from tests.models.onnx_import.exported_networks import FOLDER, exact_inputs

ROOT = Path(__file__).parents[2]
FILE = FOLDER / "convolutions.onnx"


def test_a_file_says_in_its_trace_what_it_is() -> None:
    trace = record(str(FILE), exact_inputs(1))
    assert trace.provenance.network == "convolutions"
    assert trace.provenance.data == (
        "weights of convolutions.onnx, zeros of the numbers as they are (not INT8); 1 inputs"
    )
    named = record(FILE, exact_inputs(1), name="mine", weights="seed 5", int8=True)
    assert named.provenance.network == "mine"
    assert named.provenance.data == ("seed 5, dense without fine-tuning, rounded to INT8; 1 inputs")


def test_an_onnx_file_has_to_exist_and_is_pruned_with_pytorch(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"gone\.onnx: no such file; record\(\) takes a torch\.nn"):
        record(tmp_path / "gone.onnx", exact_inputs(1))
    np.save(tmp_path / "x.npy", exact_inputs(1))
    arguments = ["run", str(FILE), "--inputs", str(tmp_path / "x.npy"), "--scheme", "dbb"]
    done = python(f"from models.command import main\nsys.exit(main({arguments!r}))")
    assert done.returncode == 2
    assert "pruning convolutions.onnx needs" in done.stderr


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Run code where PyTorch and pandas cannot be imported."""
    blocked = "import sys\nsys.modules['torch'] = sys.modules['pandas'] = None\n"
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", blocked + code], cwd=ROOT, capture_output=True, text=True
    )


def test_without_pytorch_an_onnx_file_becomes_a_comparison(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", exact_inputs(2))
    arguments = ["run", str(FILE), "--inputs", str(tmp_path / "x.npy"), "--accelerators", "sparten"]
    done = python(f"from models.command import main\nsys.exit(main({arguments!r}))")
    assert (done.returncode, done.stderr) == (0, "")
    assert "convolutions, dense: weights of convolutions.onnx, zeros of the numbers" in done.stdout
    assert "sparten" in done.stdout


def test_a_file_of_real_numbers_has_both_kinds_of_zeros() -> None:
    trace, rounded = (record(FILE, exact_inputs(2), int8=int8) for int8 in (None, True))
    assert (list(trace.forms), list(rounded.forms)) == (["real", "int8"], ["int8", "real"])
    for numbers in ("real", "int8"):
        pairs = zip(trace.form(numbers).layers, rounded.form(numbers).layers, strict=True)  # type: ignore[arg-type]
        for one, two in pairs:
            assert np.array_equal(one.trace.activation, two.trace.activation)
            assert np.array_equal(one.trace.weight, two.trace.weight)
    assert record(FILE, exact_inputs(2), int8=False).other is None


class Branches(nn.Module):
    """Branches that are concatenated, one pooled; dense connections; a last map of one pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.middle = nn.Conv2d(3, 8, 1), nn.Conv2d(3, 4, 3, padding=1)
        self.right = nn.Conv2d(3, 12, 5, padding=2)
        self.dense = nn.ModuleList(nn.Conv2d(24 + 6 * place, 6, 1) for place in range(3))
        self.last = nn.ModuleList((nn.Conv2d(42, 9, 1), nn.Conv2d(42, 5, 1)))
        self.head = nn.Linear(14, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.cat([torch.relu(branch(x)) for branch in (self.left, self.middle, self.right)], 1)
        for layer in self.dense:
            x = torch.cat([x, torch.relu(layer(x))], 1)
        ends = [torch.relu(layer(x)).amax((2, 3)) for layer in self.last]
        scores: torch.Tensor = self.head(torch.cat(ends, 1))
        return scores


@pytest.mark.parametrize("int8", [True, False])
def test_each_layer_of_a_concatenation_writes_what_it_computed(int8: bool) -> None:
    trace = record(Branches().eval(), torch.rand(2, 3, 8, 8), int8=int8)
    written = [scaled(output_values(layer), written_share(layer)) for layer in trace.traces]
    pooled = [9, 5, 2]
    assert written == [8 * 64, 4 * 64, 12 * 64, *[6 * 64] * 3, *pooled]


def test_each_layer_of_attention_writes_what_it_computed() -> None:
    trace = record(encoder(), images(1), int8=False)
    for layer in trace.traces[:-1]:
        computed = layer.layer.out_channels * layer.layer.output_pixels
        assert scaled(output_values(layer), written_share(layer)) in (computed, 32), layer.layer
