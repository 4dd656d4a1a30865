"""Which data files code reads, followed name by name through the source without running it.

Modules import much that they do not use: whatever imports `sim` imports the technology table's
reader. So data files are not followed by imports but by use: from the names of the modules that a
rule runs to the names that these mention, across imports, down to the calls of `sim.declared`.
Methods belong to their class. What cannot be followed (a module passed around as a value, a package
that loads its folder) counts whole.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from workflow.module_text import ALONE, Import, Statement, module_text

LOADS_ITS_FOLDER = "LOADS_ITS_FOLDER"
"""Constant by which a package says that it imports the modules beside it by their names."""
ALL = "*"
"""Stands for every name of a module."""

Use = tuple[str, str]
"""(module, name) that some code mentions; ALL as name for a module."""


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
            reads, used = _step(root, use)
            patterns |= reads
            waiting += used
    return frozenset(patterns)


def modules_named(root: Path, patterns: Iterable[str]) -> Iterator[str]:
    """The modules that dotted names stand for, of which a part may be a `*`."""
    for pattern in patterns:
        if "*" not in pattern:
            yield pattern
        for path in sorted(root.glob(pattern.replace(".", "/") + ".py")) if "*" in pattern else []:
            yield ".".join(path.relative_to(root).with_suffix("").parts)


@cache
def _step(root: Path, use: Use) -> tuple[set[str], set[Use]]:
    """The globs that a name's own definition declares, and the names that it mentions."""
    module, name = use
    path = module_file(root, module)
    if path is None:
        return set(), set()
    parts = module_text(path).parts
    if name != ALL and name not in parts:
        target = _imported(root, path).get(name)
        return set(), {target} if target else {(f"{module}.{name}", ALL)}
    if name == ALL:
        statements = list(module_text(path).statements)
    else:  # of what stands alone in the module, declarations
        declarations = [alone for alone in parts.get(ALONE, ()) if alone.is_call]
        statements = [*parts[name], *declarations]
    patterns = {text for statement in statements for text in statement.reads}
    used = {target for part in statements for target in _mentioned(root, module, path, part)}
    if LOADS_ITS_FOLDER in parts:
        used |= {(f"{module}.{other.stem}", ALL) for other in path.parent.glob("*.py")}
    return patterns, used


def _mentioned(root: Path, module: str, path: Path, statement: Statement) -> Iterator[Use]:
    parts, imported = module_text(path).parts, _imported(root, path)
    for node in statement.imports:
        yield from _targets(root, node).values()
    yield from ((name, ALL) for name in modules_named(root, statement.by_name))
    for name in statement.names:
        if name in parts:
            yield module, name
        elif name in imported:
            yield imported[name]


@cache
def _imported(root: Path, path: Path) -> Mapping[str, Use]:
    """The names that a module imports, and where each comes from."""
    targets: dict[str, Use] = {}
    for node in module_text(path).imports:
        targets |= _targets(root, node)
    return targets


def _targets(root: Path, node: Import) -> dict[str, Use]:
    if not node.module:
        return {here: (name, ALL) for name, here in node.names}
    return {
        here: (
            (inner, ALL)
            if module_file(root, inner := f"{node.module}.{name}")
            else (node.module, name)
        )
        for name, here in node.names
    }
