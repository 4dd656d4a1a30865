"""Tests mirror the source: a test file stands where its module does, and every module has one."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
SOURCE = TESTS.parents[1] / "models"

ELSEWHERE = {
    "imagenet/state_dicts.py": "imagenet/test_user_checkpoints.py",
    "pretrained/packages.py": "pretrained/test_fetch.py",
    "pretrained/readers/graph_def.py": "pretrained/test_readers.py",
    "pretrained/readers/onnx_file.py": "pretrained/test_readers.py",
}
"""Modules that are tested through the one module that calls them."""


def modules() -> Iterator[Path]:
    """Modules with code in them, relative to the source."""
    for path in sorted(SOURCE.rglob("*.py")):
        body = ast.parse(path.read_text()).body
        if any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in body):
            yield path.relative_to(SOURCE)


def names(module: Path) -> str:
    """What the test file of a module is called after `test_`."""
    return "init" if module.stem == "__init__" else module.stem


def is_network(module: Path) -> bool:
    """Whether a module only adds networks: these are tested together, in test_init_*.py."""
    return module.parent == Path("networks") and "\nNETWORKS = (" in (SOURCE / module).read_text()


def test_every_module_has_a_test_file_in_its_place() -> None:
    missing = [
        module.as_posix()
        for module in modules()
        if not (TESTS / module.parent / f"test_{names(module)}.py").exists()
        and not is_network(module)
        and module.as_posix() not in ELSEWHERE
    ]
    assert missing == []


def test_every_test_file_is_named_after_a_module_or_a_folder_beside_it() -> None:
    """An aspect may follow the name: test_user_checkpoints_fuzz.py."""
    stray = []
    for path in sorted(TESTS.rglob("test_*.py")):
        folder, name = SOURCE / path.parent.relative_to(TESTS), path.stem.removeprefix("test_")
        beside = {"init", *(entry.stem for entry in folder.iterdir())}
        if path.parent != TESTS and not any(f"{name}_".startswith(f"{n}_") for n in beside):
            stray.append(path.relative_to(TESTS).as_posix())
    assert stray == []


def test_what_is_tested_elsewhere_exists() -> None:
    for module, test in ELSEWHERE.items():
        assert (SOURCE / module).is_file()
        assert (TESTS / test).is_file()
        assert not (TESTS / module).with_name(f"test_{Path(module).name}").exists()
