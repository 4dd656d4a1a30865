"""Which data files code reads, followed name by name through the source without running it.

Modules import much that they do not use: whatever imports `sim` imports the technology table's
reader. So data files are not followed by imports but by use: from the names of the modules that a
rule runs to the names that these mention, across imports, down to the calls of `sim.declared`.
Methods belong to their class. What cannot be followed (a module passed around as a value, a package
that loads its folder) counts whole.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

READERS = {"data_file", "data_files"}
BY_NAME = "modules_by_name"
LOADS_ITS_FOLDER = "LOADS_ITS_FOLDER"
"""Constant by which a package says that it imports the modules beside it by their names."""
ALL = "*"
"""Stands for every name of a module."""

Use = tuple[str, str]
"""(module, name) that some code mentions."""


@dataclass(frozen=True)
class ModuleText:
    """A module as its text has it.

    Attributes:
        parts: name -> the definitions and assignments that make it; ALL holds the rest.
        imported: name -> where it comes from; the name there is ALL for a module.
    """

    parts: Mapping[str, tuple[ast.AST, ...]]
    imported: Mapping[str, Use]


@cache
def module_file(root: Path, module: str) -> Path | None:
    """The file of a dotted name below a folder, or None where there is none."""
    base = root.joinpath(*module.split("."))
    candidates = (base / "__init__.py", base.with_suffix(".py"))
    return next((path for path in candidates if path.is_file()), None)


@cache
def read_patterns(root: Path, modules: tuple[str, ...]) -> frozenset[str]:
    """Globs of the data files that these modules read, directly or through what they use.

    Args:
        root: the checkout.
        modules: dotted names; every name in them counts.
    """
    patterns: set[str] = set()
    waiting: list[Use] = [(module, ALL) for module in modules]
    visited: set[Use] = set()
    while waiting:
        use = waiting.pop()
        if use not in visited:
            visited.add(use)
            found, used = _step(root, use)
            patterns |= found
            waiting += used
    return frozenset(patterns)


def modules_named(root: Path, patterns: Iterable[str]) -> Iterator[str]:
    """The modules that dotted names stand for, of which a part may be a `*`."""
    for pattern in patterns:
        if "*" not in pattern:
            yield pattern
        for path in sorted(root.glob(pattern.replace(".", "/") + ".py")) if "*" in pattern else []:
            yield ".".join(path.relative_to(root).with_suffix("").parts)


def declared(tree: ast.AST, functions: Iterable[str]) -> Iterator[str]:
    """The constant text given to calls of some functions."""
    wanted = set(functions)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in wanted:
            yield from (str(arg.value) for arg in node.args if isinstance(arg, ast.Constant))


@cache
def _step(root: Path, use: Use) -> tuple[set[str], set[Use]]:
    """The globs that a name's own definition declares, and the names that it mentions."""
    module, name = use
    path = module_file(root, module)
    if path is None:
        return set(), set()
    source = _source(root, path)
    if name != ALL and name not in source.parts:
        target = source.imported.get(name)
        return set(), {target} if target else {(f"{module}.{name}", ALL)}
    if name == ALL:
        nodes = [node for part in source.parts.values() for node in part]
    else:  # of what stands alone in the module, declarations
        nodes = [*source.parts[name], *filter(_is_declaration, source.parts.get(ALL, ()))]
    patterns = {text for node in nodes for text in declared(node, READERS)}
    used = {target for node in nodes for target in _mentioned(root, module, source, node)}
    if LOADS_ITS_FOLDER in source.parts:
        used |= {(f"{module}.{other.stem}", ALL) for other in path.parent.glob("*.py")}
    return patterns, used


def _is_declaration(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)


def _mentioned(root: Path, module: str, source: ModuleText, tree: ast.AST) -> Iterator[Use]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            yield from _targets(root, node).values()
        elif isinstance(node, ast.Call) and getattr(node.func, "id", None) == BY_NAME:
            yield from ((name, ALL) for name in modules_named(root, declared(node, [BY_NAME])))
        elif isinstance(node, ast.Name):
            if node.id in source.parts:
                yield module, node.id
            elif node.id in source.imported:
                yield source.imported[node.id]


@cache
def _source(root: Path, path: Path) -> ModuleText:
    parts: dict[str, tuple[ast.AST, ...]] = {}
    imported: dict[str, Use] = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom | ast.Import):
            imported |= _targets(root, node)
            continue
        for name in _defined(node):
            parts[name] = (*parts.get(name, ()), node)
    return ModuleText(parts, imported)


def _defined(node: ast.stmt) -> list[str]:
    """The names that a statement of a module makes; ALL if it makes none."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts = [part for target in targets for part in ast.walk(target)]
        names = [part.id for part in parts if isinstance(part, ast.Name)]
        return names or [ALL]
    return [ALL]


def _targets(root: Path, node: ast.Import | ast.ImportFrom) -> dict[str, Use]:
    if isinstance(node, ast.Import):
        return {alias.asname or alias.name.split(".")[0]: (alias.name, ALL) for alias in node.names}
    return {
        alias.asname or alias.name: (
            (inner, ALL)
            if module_file(root, inner := f"{node.module}.{alias.name}")
            else (str(node.module), alias.name)
        )
        for alias in node.names
    }
