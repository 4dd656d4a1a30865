import ast
from pathlib import Path

import pytest

from workflow.maintenance.first_lines import leaning, leans


@pytest.mark.parametrize(
    "line",
    ["One of them.", "Trials of each.", "Those whose zeros are modelled.", "A point.", "As above."],
)
def test_what_leans_on_something_else(line: str) -> None:
    assert leans(line)
    assert leans(f"{line}\n\nA whole sentence after it helps nobody who sees one line.")


@pytest.mark.parametrize(
    "line", ["", "Trials of each search.", "Assign a name to it.", "Itself a design of its own."]
)
def test_what_stands_alone(line: str) -> None:
    assert not leans(line)


def test_public_parts_are_named_by_their_line() -> None:
    code = '"""One."""\nclass Thing:\n    """It is."""\n    def part(self):\n        """Two."""\n'
    code += '    def _hidden(self):\n        """It is."""\ndef f():\n    """Add two numbers."""\n'
    assert leaning({Path("a.py"): ast.parse(code)}) == ["a.py:1", "a.py:2", "a.py:4"]
