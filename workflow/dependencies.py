"""Content digests of the code that a rule runs.

Snakemake tracks a rule's own text but not what it imports, and judges scripts by date, which a
checkout changes. Rules carry a digest of the modules they reach as a parameter instead: a result is
remade when, and only when, the content of the code behind it changed.
"""

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from sim.errors import UserError

PACKAGES = ("sim", "models", "workflow")


def code_digest(
    root: Path, *modules: str, data: Iterable[str] = (), pins: Iterable[str] = ()
) -> str:
    """SHA-256 (16 hex digits) over source files, data files and locked versions.

    Args:
        root: the checkout.
        modules: dotted names; the project's modules that they import, directly or not, count too.
            What is imported by a name made at run time must be listed, unless its package says
            `LOADS_ITS_FOLDER = True`: then every module beside it counts.
        data: globs relative to root of files that the code reads.
        pins: packages whose line in requirements.lock counts.

    Raises:
        UserError: a module or a data file does not exist, or a package is not locked.
    """
    return _digest(root, modules, tuple(data), tuple(pins))


@cache  # Snakemake asks again for every job
def _digest(
    root: Path, modules: tuple[str, ...], data: tuple[str, ...], pins: tuple[str, ...]
) -> str:
    total = hashlib.sha256()
    for path in [*sorted(_closure(root, modules)), *_data_files(root, data)]:
        total.update(path.relative_to(root).as_posix().encode())
        total.update(path.read_bytes())
    for line in _locked(root, pins):
        total.update(line.encode())
    return total.hexdigest()[:16]


def _closure(root: Path, modules: Iterable[str]) -> set[Path]:
    reached: set[Path] = set()
    waiting = list(modules)
    for module in waiting:
        if _file(root, module) is None:
            raise UserError(f"code digest: no module {module} below {root}")
    while waiting:
        path = _file(root, waiting.pop())
        if path is not None and path not in reached:
            reached.add(path)
            waiting.extend(_imports(path))
            if path.name == "__init__.py" and _loads_its_folder(path):
                package = ".".join(path.parent.relative_to(root).parts)
                waiting.extend(f"{package}.{other.stem}" for other in path.parent.glob("*.py"))
    return reached


@cache
def _loads_its_folder(path: Path) -> bool:
    """Whether a package says that it imports the modules beside it by their names in the folder."""
    return any(
        isinstance(node, ast.Assign)
        and any(getattr(target, "id", None) == "LOADS_ITS_FOLDER" for target in node.targets)
        for node in ast.parse(path.read_text()).body
    )


def _file(root: Path, module: str) -> Path | None:
    base = root.joinpath(*module.split("."))
    candidates = (base / "__init__.py", base.with_suffix(".py"))
    return next((path for path in candidates if path.is_file()), None)


@cache
def _imports(path: Path) -> tuple[str, ...]:
    return tuple(_imported_modules(ast.parse(path.read_text())))


def _imported_modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            # `from a import b`: b may be a module of its own or a name inside a.
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] in PACKAGES:  # importing a.b.c also runs a and a.b
                yield from (".".join(parts[: n + 1]) for n in range(len(parts)))


def _data_files(root: Path, patterns: Iterable[str]) -> list[Path]:
    files: list[Path] = []
    for pattern in patterns:
        found = sorted(path for path in root.glob(pattern) if path.is_file())
        if not found:
            raise UserError(f"code digest: {pattern} matches no file below {root}")
        files += found
    return files


def _locked(root: Path, pins: tuple[str, ...]) -> list[str]:
    lock = (root / "requirements.lock").read_text() if pins else ""
    lines = []
    for pin in pins:
        line = re.search(rf"^{re.escape(pin)}==.*$", lock, re.MULTILINE | re.IGNORECASE)
        if line is None:
            raise UserError(f"code digest: {pin} is not in requirements.lock")
        lines.append(line[0])
    return lines
