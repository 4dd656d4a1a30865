import ast
from pathlib import Path

import pytest

from sim import remembered
from sim.declared import ROOT
from workflow import module_text as texts
from workflow.module_text import ALONE, Import, module_text

TEXT = '''
"""A docstring stands alone."""
import sim
data_files("sim/*.csv", "models/*.csv")
A, (B, _) = x, y

class Reader:
    def read(self):
        from sim.inner import helper
        return data_file("sim/inner.csv"), helper(A)

def by(name):
    return modules_by_name("sim.accelerators.*.model")[name]
'''


def test_every_statement_says_what_it_mentions(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(TEXT)
    text = module_text(path)
    assert text.imports == (Import("", (("sim", "sim"),)),)
    assert set(text.parts) == {ALONE, "A", "B", "_", "Reader", "by"}
    assert text.parts["A"] == text.parts["B"]
    reader = text.parts["Reader"][0]
    assert reader.reads == ("sim/inner.csv",)
    assert {"helper", "A"} <= set(reader.names)
    assert reader.imports == (Import("sim.inner", (("helper", "helper"),)),)
    assert text.parts["by"][0].by_name == ("sim.accelerators.*.model",)
    assert [part.is_call for part in text.parts[ALONE]] == [False, True]
    assert text.parts[ALONE][1].reads == ("sim/*.csv", "models/*.csv")


def test_a_name_made_twice_has_both_statements(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text("LIMIT = low\nLIMIT = high\n")
    assert [set(part.names) for part in module_text(path).parts["LIMIT"]] == [
        {"LIMIT", "low"},
        {"LIMIT", "high"},
    ]


def test_every_module_of_the_project_is_what_was_read_of_it_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr("sys.pycache_prefix", str(tmp_path))
    paths = sorted((ROOT / "workflow").rglob("*.py"))
    now = [texts._of_tree(ast.parse(path.read_bytes())) for path in paths]
    for _ in range(2):  # the second time nothing is parsed
        module_text.cache_clear()
        remembered._lines.cache_clear()
        assert [module_text(path) for path in paths] == now
        monkeypatch.setattr(texts, "_of_tree", None)


@pytest.mark.parametrize(
    ("text", "module", "names"),
    [
        ("import a.b", "", (("a.b", "a"),)),
        ("import a.b as c", "", (("a.b", "c"),)),
        ("from a.b import c, d as e", "a.b", (("c", "c"), ("d", "e"))),
    ],
)
def test_an_import_is_what_it_makes_here(
    tmp_path: Path, text: str, module: str, names: tuple[tuple[str, str], ...]
) -> None:
    path = tmp_path / "module.py"
    path.write_text(text)
    assert module_text(path).imports == (Import(module, names),)
