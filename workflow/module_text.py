"""What the text of a module mentions, read in one pass without running it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

READERS = {"data_file", "data_files"}
BY_NAME = "modules_by_name"
ALONE = "*"
"""Stands for what makes no name: the statements that stand alone in a module."""


@dataclass(frozen=True)
class Statement:
    """What one statement at the level of a module mentions.

    Attributes:
        reads: globs of the data files that it declares (sim/declared.py).
        by_name: dotted names of the modules that it declares, of which a part may be a `*`.
        names: the names in it.
        imports: the imports within it.
        is_call: whether it is a call and nothing else, as a declaration that stands alone is.
    """

    reads: frozenset[str]
    by_name: tuple[str, ...]
    names: frozenset[str]
    imports: tuple[ast.Import | ast.ImportFrom, ...]
    is_call: bool


@dataclass(frozen=True)
class ModuleText:
    """A module as its text has it.

    Attributes:
        parts: name -> the definitions and assignments that make it; ALONE holds the rest.
        imports: the imports at the level of the module.
    """

    parts: Mapping[str, tuple[Statement, ...]]
    imports: tuple[ast.Import | ast.ImportFrom, ...]

    @property
    def statements(self) -> Iterator[Statement]:
        """Every statement but the module's imports; one that makes two names comes twice."""
        return (statement for part in self.parts.values() for statement in part)


@cache  # most modules are reached from most products
def module_text(path: Path) -> ModuleText:
    """Read a Python file."""
    parts: dict[str, tuple[Statement, ...]] = {}
    imports = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom | ast.Import):
            imports.append(node)
            continue
        statement = _statement(node)
        for name in _defined(node):
            parts[name] = (*parts.get(name, ()), statement)
    return ModuleText(parts, tuple(imports))


def _statement(tree: ast.stmt) -> Statement:
    reads: set[str] = set()
    by_name: list[str] = []
    names: set[str] = set()
    imports: list[ast.Import | ast.ImportFrom] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Call):
            called = getattr(node.func, "id", None)
            if called in READERS:
                reads.update(_constants(node))
            elif called == BY_NAME:
                by_name += _constants(node)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            imports.append(node)
    is_call = isinstance(tree, ast.Expr) and isinstance(tree.value, ast.Call)
    return Statement(frozenset(reads), tuple(by_name), frozenset(names), tuple(imports), is_call)


def _constants(call: ast.Call) -> list[str]:
    return [str(argument.value) for argument in call.args if isinstance(argument, ast.Constant)]


def _defined(node: ast.stmt) -> list[str]:
    """The names that a statement of a module makes; ALONE if it makes none."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts = [part for target in targets for part in ast.walk(target)]
        names = [part.id for part in parts if isinstance(part, ast.Name)]
        return names or [ALONE]
    return [ALONE]
