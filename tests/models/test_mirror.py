"""Every module of models/ has a test file of its own name in its place."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
SOURCE = TESTS.parents[1] / "models"

ELSEWHERE = {
    "command/command_input.py": "test_command.py",
    "command/onnx_input.py": "test_command.py",
    "command/running.py": "test_command.py",
    "pretrained/packages.py": "pretrained/test_fetch.py",
    "pretrained/readers/graph_def.py": "pretrained/test_readers.py",
    "pretrained/readers/onnx_file.py": "pretrained/test_readers.py",
    "trials/level_profile.py": "trials/test_thresholded.py",
}
"""Modules that are tested through the one module that calls them."""


def modules() -> Iterator[Path]:
    """Modules with code in them, relative to the source."""
    for path in sorted(SOURCE.rglob("*.py")):
        body = ast.parse(path.read_text()).body
        if any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in body):
            yield path.relative_to(SOURCE)


def place_of_tests(module: Path) -> Path:
    """Where the tests of a module belong; those of a package stand beside its folder."""
    source = module.parent if module.name == "__init__.py" else module.with_suffix("")
    return TESTS / source.with_name(f"test_{source.name}.py")


def is_network(module: Path) -> bool:
    """Whether a module only adds networks: these are tested together, in networks/."""
    return module.parent == Path("networks") and "\nNETWORKS = (" in (SOURCE / module).read_text()


def test_every_module_has_a_test_file_in_its_place() -> None:
    missing = [
        module.as_posix()
        for module in modules()
        if not place_of_tests(module).is_file()
        and not is_network(module)
        and module.as_posix() not in ELSEWHERE
    ]
    assert missing == []


def test_what_is_tested_elsewhere_is_tested_there() -> None:
    for module, test in ELSEWHERE.items():
        assert (SOURCE / module).is_file()
        assert (TESTS / test).is_file()
        assert not place_of_tests(Path(module)).exists()
