"""Content digests of the code that a rule runs.

Snakemake tracks a rule's own text but not what it imports, and judges scripts by date, which a
checkout changes. Rules carry a digest of the modules they reach as a parameter instead: a result is
remade when, and only when, the content of the code behind it changed.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from sim.errors import UserError
from workflow.declarations import LOADS_ITS_FOLDER, module_file, modules_named, read_patterns
from workflow.module_text import Import, module_text

PACKAGES = ("sim", "models", "workflow")


def code_digest(
    root: Path, *modules: str, files: Iterable[Path] = (), pins: Iterable[str] = ()
) -> str:
    """SHA-256 (16 hex digits) over source files, data files and locked versions.

    Data files and modules that are looked up by a name made at run time count where the code
    declares them (sim/declared.py).

    Args:
        root: the checkout.
        modules: dotted names; the project's modules that they import, directly or not, count too.
        files: that only the caller knows of, e.g. of the accelerator that a job is told to run.
        pins: packages whose line in requirements.lock counts.

    Raises:
        UserError: a module or a data file does not exist, or a package is not locked.
    """
    return _digest(root, modules, tuple(files), tuple(pins))


@cache  # Snakemake asks again for every job
def _digest(
    root: Path, modules: tuple[str, ...], files: tuple[Path, ...], pins: tuple[str, ...]
) -> str:
    total = hashlib.sha256()
    for path in [*_closure(root, modules), *data_read(root, *modules), *files]:
        total.update(_name_and_content(root, path))
    for line in _locked(root, pins):
        total.update(line.encode())
    return total.hexdigest()[:16]


@cache  # a module stands in most digests of a plan
def _name_and_content(root: Path, path: Path) -> bytes:
    inside = path.is_relative_to(root)  # files of plug-ins are not, and may move
    name = path.relative_to(root).as_posix() if inside else path.name
    return name.encode() + path.read_bytes()


@cache
def data_read(root: Path, *modules: str) -> tuple[Path, ...]:
    """The data files that these modules and what they use read, in the order of their names.

    Raises:
        UserError: a module declares a file that does not exist.
    """
    files: set[Path] = set()
    for pattern in read_patterns(root, modules):
        matching = [path for path in root.glob(pattern) if path.is_file()]
        if not matching:
            raise UserError(f"code digest: {pattern} matches no file below {root}")
        files.update(matching)
    return tuple(sorted(files))


@cache  # of many products, most with the same modules
def _closure(root: Path, modules: tuple[str, ...]) -> tuple[Path, ...]:
    """The modules that these import, directly or not, and these, in the order of their names."""
    reached: set[Path] = set()
    paths = []
    for module in modules:
        file = module_file(root, module)
        if file is None:
            raise UserError(f"code digest: no module {module} below {root}")
        paths.append(file)
    while paths:
        path = paths.pop()
        if path not in reached:
            reached.add(path)
            paths += _beside(root, path)
    return tuple(sorted(reached))


@cache
def _beside(root: Path, path: Path) -> tuple[Path, ...]:
    """The files of the modules that a file's own module imports or loads."""
    named = list(modules_named(root, _imports(path)))
    if path.name == "__init__.py" and LOADS_ITS_FOLDER in module_text(path).parts:
        package = ".".join(path.parent.relative_to(root).parts)
        named += [f"{package}.{other.stem}" for other in path.parent.glob("*.py")]
    files = (module_file(root, name) for name in named)
    return tuple(dict.fromkeys(file for file in files if file is not None))


@cache
def _imports(path: Path) -> tuple[str, ...]:
    """The project's modules that a file imports or declares, its packages among them."""
    text = module_text(path)
    nodes = [*text.imports, *(node for part in text.statements for node in part.imports)]
    named = [name for node in nodes for name in _imported_modules(node)]
    return (*named, *(name for part in text.statements for name in part.by_name))


def _imported_modules(node: Import) -> Iterator[str]:
    names = [name for name, _ in node.names]
    if node.module:  # `from a import b`: b may be a module of its own or a name inside a
        names = [node.module, *(f"{node.module}.{name}" for name in names)]
    for name in names:
        parts = name.split(".")
        if parts[0] in PACKAGES:  # importing a.b.c also runs a and a.b
            yield from (".".join(parts[: n + 1]) for n in range(len(parts)))


def _locked(root: Path, pins: tuple[str, ...]) -> list[str]:
    lock = (root / "requirements.lock").read_text() if pins else ""
    lines = []
    for pin in pins:
        line = re.search(rf"^{re.escape(pin)}==.*$", lock, re.MULTILINE | re.IGNORECASE)
        if line is None:
            raise UserError(f"code digest: {pin} is not in requirements.lock")
        lines.append(line[0])
    return lines
