"""Docstrings whose first line says nothing to whoever reads it alone, in a list or a tool tip."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

FEWEST_WORDS = 3
LEANS = re.compile(
    r"(?:Of|With|As|The same|Those|These|That of|It|Its|By name)\b"
    r"|.*\b(?:one of them|those of them|of each|likewise|of the same)\W*$",
    re.IGNORECASE,
)
"""First lines that stand on something said elsewhere."""
Documented = ast.Module | ast.ClassDef | ast.FunctionDef


def leaning(trees: Mapping[Path, ast.Module]) -> list[str]:
    """Places of public docstrings whose first line does not stand alone, in order.

    Args:
        trees: the modules by their path within the checkout.
    """
    return [
        f"{path.as_posix()}:{getattr(node, 'lineno', 1)}"
        for path, tree in trees.items()
        for node in _public(tree)
        if leans(ast.get_docstring(node) or "")
    ]


def leans(docstring: str) -> bool:
    """Whether a docstring's first line is a word or two, or leans on what stands around it."""
    line = " ".join(docstring.partition("\n\n")[0].split())
    return bool(line) and (len(line.split()) < FEWEST_WORDS or bool(LEANS.match(line)))


def _public(node: Documented) -> Iterator[Documented]:
    """A module or class, and what others may use of it."""
    yield node
    for part in node.body:
        if isinstance(part, ast.FunctionDef | ast.ClassDef) and not part.name.startswith("_"):
            if isinstance(part, ast.ClassDef):
                yield from _public(part)
            else:
                yield part
