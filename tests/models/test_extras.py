"""A package that is not installed is one line that says how to install it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.models.onnx_import.exported_networks import FOLDER

ROOT = Path(__file__).parents[2]
FILE = repr(str(FOLDER / "convolutions.onnx"))


@pytest.mark.parametrize(
    ("missing", "model", "message"),
    [
        ("onnxruntime", FILE, r"needs onnxruntime, .* pip install '?/.*\[onnx\]"),
        ("onnx", FILE, r"needs onnx, .* pip install '?/.*\[onnx\]"),
        ("torch", "object()", r"needs torch, .* pip install '?/.*\[networks\]"),
    ],
)
def test_a_package_that_is_missing_is_one_line(missing: str, model: str, message: str) -> None:
    code = f"""
import sys
sys.modules[{missing!r}] = None
from models.door import UserError, record
try:
    record({model}, None)
except UserError as error:
    print(error)
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)  # noqa: S603
    assert done.stderr == ""
    assert re.search(message, done.stdout)
