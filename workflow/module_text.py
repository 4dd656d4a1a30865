"""What the text of a module mentions, read in one pass without running it.

A plan reads all modules, which takes two seconds, and each job of a cluster plans anew. So what a
text mentions stands beside Python's compiled modules, under a digest of it and of this module.
"""

import ast
import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from sim.declared import ROOT
from sim.remembered import recalled

READERS = {"data_file", "data_files"}
BY_NAME = "modules_by_name"
ALONE = "*"
"""Stands for what makes no name: the statements that stand alone in a module."""


SOURCE = ROOT / "workflow" / "module_text.py"


@dataclass(frozen=True)
class Import:
    """An import as a module's text has it.

    Attributes:
        module: that names are imported from; "" for `import a` and for one relative to the package.
        names: (name, name it has here) of each; of `import a.b` without `as` the latter is `a`.
    """

    module: str
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Statement:
    """What one statement at the level of a module mentions.

    Attributes:
        makes: the names that it makes; ALONE if it makes none.
        reads: globs of the data files that it declares (sim/declared.py).
        by_name: dotted names of the modules that it declares, of which a part may be a `*`.
        names: the names in it.
        imports: the imports within it.
        is_call: whether it is a call and nothing else, as a declaration that stands alone is.
    """

    makes: tuple[str, ...]
    reads: tuple[str, ...]
    by_name: tuple[str, ...]
    names: tuple[str, ...]
    imports: tuple[Import, ...]
    is_call: bool


@dataclass(frozen=True)
class ModuleText:
    """A module as its text has it.

    Attributes:
        statements: all but its imports.
        imports: the imports at the level of the module.
    """

    statements: tuple[Statement, ...]
    imports: tuple[Import, ...]

    @cached_property
    def parts(self) -> Mapping[str, tuple[Statement, ...]]:
        """Name -> the definitions and assignments that make it; ALONE holds the rest."""
        parts: dict[str, tuple[Statement, ...]] = {}
        for statement in self.statements:
            for name in statement.makes:
                parts[name] = (*parts.get(name, ()), statement)
        return parts


@cache  # most modules are reached from most products
def module_text(path: Path) -> ModuleText:
    """Read a Python file."""
    content = path.read_bytes()
    if not path.is_relative_to(ROOT):
        return _of_tree(ast.parse(content))
    digest = hashlib.sha256(_reader() + content).hexdigest()
    return _of_values(json.loads(recalled(SOURCE, "mentions", digest, lambda: _values(content))))


@cache
def _reader() -> bytes:
    return SOURCE.read_bytes()


def _values(content: bytes) -> str:
    return json.dumps(astuple(_of_tree(ast.parse(content))))


def _of_values(values: list[Any]) -> ModuleText:
    statements = [
        Statement(
            makes=tuple(makes),
            reads=tuple(reads),
            by_name=tuple(by_name),
            names=tuple(names),
            imports=_imports_of(imports),
            is_call=is_call,
        )
        for makes, reads, by_name, names, imports, is_call in values[0]
    ]
    return ModuleText(tuple(statements), _imports_of(values[1]))


def _imports_of(values: list[Any]) -> tuple[Import, ...]:
    return tuple(
        Import(module, tuple((name, here) for name, here in names)) for module, names in values
    )


def _of_tree(tree: ast.Module) -> ModuleText:
    imports = [_import(node) for node in tree.body if isinstance(node, ast.ImportFrom | ast.Import)]
    rest = [node for node in tree.body if not isinstance(node, ast.ImportFrom | ast.Import)]
    return ModuleText(tuple(map(_statement, rest)), tuple(imports))


def _import(node: ast.Import | ast.ImportFrom) -> Import:
    if isinstance(node, ast.Import):
        names = [(alias.name, alias.asname or alias.name.split(".")[0]) for alias in node.names]
        return Import("", tuple(names))
    module = str(node.module) if node.level == 0 else ""
    return Import(module, tuple((alias.name, alias.asname or alias.name) for alias in node.names))


def _statement(tree: ast.stmt) -> Statement:
    reads: list[str] = []
    by_name: list[str] = []
    names: set[str] = set()
    imports: list[Import] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Call):
            called = getattr(node.func, "id", None)
            if called in READERS:
                reads += _constants(node)
            elif called == BY_NAME:
                by_name += _constants(node)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            imports.append(_import(node))
    return Statement(
        makes=tuple(_defined(tree)),
        reads=tuple(reads),
        by_name=tuple(by_name),
        names=tuple(sorted(names)),
        imports=tuple(imports),
        is_call=isinstance(tree, ast.Expr) and isinstance(tree.value, ast.Call),
    )


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
