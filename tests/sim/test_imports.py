"""The simulator stands alone: NumPy, PyYAML, jsonschema and safetensors."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOAD_ALL = """
import sys
from sim import accelerator, configurations
for name in configurations():
    accelerator(name)
heavy = {"torch", "torchvision", "pandas", "matplotlib", "snakemake", "models", "workflow"}
print(sorted(heavy & set(sys.modules)))
"""


def test_every_accelerator_loads_without_the_rest_of_the_project() -> None:
    command = [sys.executable, "-c", LOAD_ALL]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "[]"


def test_no_module_of_sim_imports_what_makes_the_traces() -> None:
    forbidden = []
    for path in (ROOT / "sim").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            forbidden += [(path.name, n) for n in names if n.split(".")[0] in {"torch", "models"}]
    assert forbidden == []


def test_the_slow_references_use_only_the_data_classes_of_sim() -> None:
    allowed = {"Layer", "LayerTrace"}
    for path in (ROOT / "tests" / "reference").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert not any(alias.name.split(".")[0] == "sim" for alias in node.names), path.name
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sim":
                assert node.module == "sim", path.name
                assert {alias.name for alias in node.names} <= allowed, path.name
