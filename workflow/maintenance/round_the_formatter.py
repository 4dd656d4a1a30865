"""Places where code keeps its layout from the formatter, so that it looks unlike all other code."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path

OFF = re.compile(r"#\s*(fmt|yapf):")
"""A comment that switches the formatter off."""


def round_the_formatter(root: Path, trees: Mapping[Path, ast.Module]) -> list[str]:
    """Places of comments that switch the formatter off, and of lists within lists.

    `[*("a", "b"), *("c", "d")]` is the list of four, written so that it stays on two lines.

    Args:
        root: the checkout.
        trees: the modules by their path within it.
    """
    return [
        f"{path.as_posix()}:{line}"
        for path, tree in trees.items()
        for line in sorted({*_switched_off((root / path).read_text()), *_starred(tree)})
    ]


def _switched_off(text: str) -> set[int]:
    return {number for number, line in enumerate(text.splitlines(), 1) if OFF.search(line)}


def _starred(tree: ast.Module) -> set[int]:
    return {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Starred) and isinstance(node.value, ast.Tuple | ast.List | ast.Set)
    }
