import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from models import door

ROOT = Path(__file__).parents[2]


def test_the_door_has_all_that_sim_has_and_every_name_it_lists() -> None:
    assert set(sim.__all__) < set(door.__all__)
    assert all(hasattr(door, name) for name in door.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = door.nonsense


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the wheel puts into site-packages."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "setup.py", "-q", "build_py", "--build-lib", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603
    return folder


def _python(installed: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code where nothing but the built package and the environment is on the path."""
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, *arguments],
        cwd=installed.parent,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )


def test_installed_there_is_one_name_and_a_simulation_runs_under_it(installed: Path) -> None:
    assert [path.name for path in installed.iterdir()] == ["sparsebench"]
    code = """
import sys
import sparsebench as s
for name in s.configurations():
    s.accelerator(name)
layer = s.Layer.conv("c", 16, 8, 3, padding=1, input_size=8)
print(s.simulate(s.LayerTrace.of(layer), s.accelerator("sparten")).dense_macs)
print({"sim", "models", "workflow", "torch", "pandas"} & set(sys.modules))
"""
    done = _python(installed, code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "73728\nset()\n", "")


def test_installed_the_command_works_and_mistakes_are_one_line(installed: Path) -> None:
    code = "import sys; from sparsebench.models.command import main; sys.exit(main(sys.argv[1:]))"
    assert "s2ta_aw" in _python(installed, code, "list").stdout
    wrong = _python(installed, code, "show", "s2ta_wa")
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("error: unknown accelerator 's2ta_wa' (did you mean")
    assert wrong.stderr.count("\n") == 1


def test_no_copy_imports_the_checkouts_names(installed: Path) -> None:
    for path in (installed / "sparsebench").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            assert not {name.split(".")[0] for name in names} & {"sim", "models"}, path
