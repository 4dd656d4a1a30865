import ast
from pathlib import Path

from workflow.maintenance.round_the_formatter import round_the_formatter

CODE = """
NAMES = [*("a", "b"), *others]  # 2
TABLE = [1,  2]  # fmt{colon} skip
ALL = {{*NAMES, *(name for name in TABLE), *([1] if NAMES else [])}}
print(*[1, 2])  # 5
"""


def test_comments_and_lists_within_lists_are_named_by_their_line(tmp_path: Path) -> None:
    text = CODE.format(colon=":")
    (tmp_path / "a.py").write_text(text)
    trees = {Path("a.py"): ast.parse(text)}
    assert round_the_formatter(tmp_path, trees) == ["a.py:2", "a.py:3", "a.py:5"]
