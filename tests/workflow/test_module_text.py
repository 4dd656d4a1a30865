from pathlib import Path

from workflow.module_text import ALONE, module_text

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
    assert [node.names[0].name for node in text.imports] == ["sim"]
    assert set(text.parts) == {ALONE, "A", "B", "_", "Reader", "by"}
    assert text.parts["A"] == text.parts["B"]
    reader = text.parts["Reader"][0]
    assert reader.reads == {"sim/inner.csv"}
    assert {"helper", "A"} <= reader.names
    assert [node.module for node in reader.imports] == ["sim.inner"]
    assert text.parts["by"][0].by_name == ("sim.accelerators.*.model",)
    assert [part.is_call for part in text.parts[ALONE]] == [False, True]
    assert text.parts[ALONE][1].reads == {"sim/*.csv", "models/*.csv"}


def test_a_name_made_twice_has_both_statements(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text("LIMIT = low\nLIMIT = high\n")
    assert [set(part.names) for part in module_text(path).parts["LIMIT"]] == [
        {"LIMIT", "low"},
        {"LIMIT", "high"},
    ]
