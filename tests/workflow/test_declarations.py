from pathlib import Path

import pytest

from workflow.declarations import module_file, modules_named, read_patterns

READER = """
def f():
    return data_file("sim/f.csv")

def g():
    return data_file("sim/g.csv")

class Kept:
    def method(self):
        return f()
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    texts = {
        "sim/reader.py": READER,
        "sim/alone.py": "data_files('sim/alone/*.csv')\nVALUE = 1\nOTHER = 2\n",
        "sim/accelerators/a/model.py": "DATA = data_file('sim/a.yaml')\n",
        "sim/accelerators/b/model.py": "DATA = data_file('sim/b.yaml')\n",
        "models/__init__.py": "LOADS_ITS_FOLDER = True\ndef scheme(name): ...\n",
        "models/part.py": "DATA = data_file('models/part.csv')\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "workflow").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("from sim.reader import f\nf()", {"sim/f.csv"}),
        ("from sim.reader import g as h\ndef k(): return h()", {"sim/g.csv"}),
        ("from sim.reader import Kept\nKept().method()", {"sim/f.csv"}),  # methods are followed
        ("from sim import reader\nreader.f()", {"sim/f.csv", "sim/g.csv"}),  # modules count whole
        ("def k():\n    from sim.reader import g\n    return g()", {"sim/g.csv"}),
        ("from sim.alone import OTHER\nX = OTHER", {"sim/alone/*.csv"}),
        ("modules_by_name('sim.accelerators.*.model')", {"sim/a.yaml", "sim/b.yaml"}),
        ("from models import scheme\nscheme('part')", {"models/part.csv"}),
        ("from sim.reader import f", set()),
    ],
)
def test_what_is_mentioned_is_followed_to_what_it_reads(
    checkout: Path, text: str, read: set[str]
) -> None:
    (checkout / "workflow" / "step.py").write_text(text + "\n")
    assert read_patterns(checkout, ("workflow.step",)) == read


def test_modules_are_found_by_name_and_by_pattern(checkout: Path) -> None:
    assert module_file(checkout, "models") == checkout / "models" / "__init__.py"
    assert module_file(checkout, "sim.none") is None
    names = list(modules_named(checkout, ["sim.reader", "sim.accelerators.*.model"]))
    assert names == ["sim.reader", "sim.accelerators.a.model", "sim.accelerators.b.model"]
