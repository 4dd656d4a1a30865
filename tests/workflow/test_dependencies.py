from pathlib import Path

import pytest

from sim import UserError
from workflow.dependencies import code_digest

LAZY = """
def f():
    from sim import outer
    return outer, data_file("sim/table.yaml")
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    files = {
        "sim/__init__.py": "",
        "sim/inner.py": "VALUE = 1\n",
        "sim/outer.py": "from sim.inner import VALUE\n",
        "sim/lazy.py": LAZY,
        "sim/aside.py": "",
        "sim/table.yaml": "a: 1\n",
        "requirements.lock": "numpy==1.0\ntorch==2.0\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def digest(root: Path) -> str:
    from workflow import declarations, dependencies, module_text

    dependencies._imports.cache_clear()
    dependencies._beside.cache_clear()
    dependencies._digest.cache_clear()
    dependencies._closure.cache_clear()
    dependencies._name_and_content.cache_clear()
    dependencies.data_read.cache_clear()
    declarations.module_file.cache_clear()
    declarations.read_patterns.cache_clear()
    declarations._imported.cache_clear()
    module_text.module_text.cache_clear()
    declarations._step.cache_clear()
    return code_digest(root, "sim.lazy", pins=["numpy"])


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("sim/inner.py", "VALUE = 2\n"),
        ("sim/__init__.py", "# changed\n"),
        ("sim/table.yaml", "a: 2\n"),
        ("requirements.lock", "numpy==1.1\ntorch==2.0\n"),
    ],
)
def test_what_the_code_reaches_counts(checkout: Path, file: str, text: str) -> None:
    before = digest(checkout)
    (checkout / file).write_text(text)
    assert digest(checkout) != before


@pytest.mark.parametrize(
    ("file", "text"),
    [("sim/aside.py", "X = 1\n"), ("requirements.lock", "numpy==1.0\ntorch==9.9\n")],
)
def test_what_it_does_not_reach_does_not_count(checkout: Path, file: str, text: str) -> None:
    before = digest(checkout)
    (checkout / file).write_text(text)
    assert digest(checkout) == before


def test_a_package_that_loads_its_folder_counts_what_lies_beside_it(checkout: Path) -> None:
    parts = checkout / "sim" / "parts"
    parts.mkdir()
    (parts / "one.py").write_text("VALUE = 1\n")
    (checkout / "sim" / "outer.py").write_text("from sim.parts import one_of\n")
    for text, counts in (("LOADS_ITS_FOLDER = True\n", True), ("", False)):
        (parts / "__init__.py").write_text(text)
        before = digest(checkout)
        (parts / f"new_{counts}.py").write_text("VALUE = 2\n")
        assert (digest(checkout) != before) == counts


def test_what_does_not_exist_is_named(checkout: Path) -> None:
    with pytest.raises(UserError, match=r"no module sim\.none"):
        code_digest(checkout, "sim.none")
    (checkout / "sim" / "wrong.py").write_text('DATA = data_file("none.yaml")')
    with pytest.raises(UserError, match=r"none\.yaml"):
        code_digest(checkout, "sim.wrong")
    with pytest.raises(UserError, match="pandas is not in"):
        code_digest(checkout, pins=["pandas"])
