"""Packages outside of the project that bring accelerators, networks or compression schemes.

An installed package names a module in an entry point of one of the groups of `GROUPS`:

- accelerators: a package that looks like a folder of sim/accelerators (`configs.yaml`, `model.py`,
  and `inventory.py` for energy and area by components);
- networks: a module with `NETWORKS`, as those of models/networks;
- schemes: a module with `SCHEME` or `FULL_SIZE`, as those of models/compression/schemes; the entry
  point has the scheme's name.

They are read as the project reads its own. A plug-in imports from `sparsebench`, whether that is
installed or a checkout is used.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal

from sim.entry_points import may_exist
from sim.errors import UserError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Kind = Literal["accelerators", "networks", "schemes"]
GROUPS: dict[Kind, str] = {
    "accelerators": "sparsebench.accelerators",
    "networks": "sparsebench.networks",
    "schemes": "sparsebench.schemes",
}
"""Entry points' group by what they bring."""
SOURCES = {
    ".py",
    ".yaml",
    ".yml",
    ".toml",
    ".csv",
    ".json",
    ".txt",
    ".npy",
    ".npz",
    ".safetensors",
}
"""Endings of the files that a result of a plug-in depends on."""
MEND = "mend it, install it anew or uninstall it"
"""What to do about a plug-in that does not work."""


@dataclass(frozen=True)
class Plugin:
    """A module that an installed package brings.

    Attributes:
        name: of the entry point.
        label: package, entry point and group in words, as a message begins.
        module: dotted name.
        main: the module's own file.
        files: sources and data of the outermost package that holds it, in sorted order: a module
            may use any of them.
    """

    name: str
    label: str
    module: str
    main: Path
    files: tuple[Path, ...]

    @property
    def folder(self) -> Path:
        """Where the module's file lies."""
        return self.main.parent

    @property
    def module_files(self) -> tuple[Path, ...]:
        """Files of the module itself: one, or for a package all in its folder."""
        if self.main.name != "__init__.py":
            return (self.main,)
        return tuple(path for path in self.files if path.is_relative_to(self.folder))

    def load(self, part: str = "") -> ModuleType:
        """Import the module, or one below it by its dotted name from there.

        Raises:
            UserError: it cannot be imported, whatever it raises.
        """
        use_one_name()
        module = f"{self.module}.{part}" if part else self.module
        try:
            return import_module(module)
        except (Exception, SystemExit) as error:  # whatever somebody else's module raises
            raise self.refused(f"{module} cannot be imported ({named(error)})") from error

    def refused(self, mistake: str) -> UserError:
        """The error for something wrong with it."""
        return UserError(f"{self.label}: {mistake}; {MEND}")


def named(error: BaseException) -> str:
    """An exception as a message quotes it: its class and what it says."""
    try:
        text = str(error)
    except Exception as another:  # whatever somebody else's exception makes of itself
        text = f"(its text raises {type(another).__name__})"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@cache
def plugins(kind: Kind) -> tuple[Plugin, ...]:
    """What installed packages bring of a kind, by name; imported are only packages around it.

    Raises:
        UserError: two entry points have one name, or one names a module that is not there.
    """
    if not may_exist(GROUPS[kind]):
        return ()
    from importlib.metadata import entry_points

    entries = sorted(entry_points(group=GROUPS[kind]), key=lambda entry: entry.name)
    if entries:
        use_one_name()  # a module is found by importing the packages that it lies in
    for entry, following in pairwise(entries):
        if entry.name == following.name:
            raise UserError(
                f"{_source(entry)} and {_source(following)} both bring {entry.name!r}; "
                "uninstall one of them"
            )
    return tuple(_plugin(entry) for entry in entries)


def import_part(module: str) -> ModuleType:
    """Import a module of an accelerator by its dotted name, the project's or a plug-in's.

    Raises:
        UserError: it is a plug-in's and cannot be imported.
    """
    for plugin in plugins("accelerators"):
        if module.startswith(f"{plugin.module}."):
            return plugin.load(module.removeprefix(f"{plugin.module}."))
    return import_module(module)


def _source(entry: "EntryPoint") -> str:
    return f"package {entry.dist.name}" if entry.dist else "a package"


def _plugin(entry: "EntryPoint") -> Plugin:
    label = f"{_source(entry)}: entry point {entry.name!r} of {entry.group}"
    try:
        module = _module(entry)
        main = _file(module)
        reason = "which is no module with a file"
    except (Exception, SystemExit) as error:  # what a package that it lies in raises
        main, reason = None, f"which cannot be imported ({named(error)})"
    if main is None:
        raise UserError(f"{label} names {entry.value!r}, {reason}; {MEND}")
    return Plugin(entry.name, label, module, main, _sources(module, main))


def _module(entry: "EntryPoint") -> str:
    """The module that an entry point names; what stands after a colon would be ignored."""
    module: str = entry.value.strip()
    if not all(part.isidentifier() for part in module.split(".")):
        raise UserError("expected the dotted name of a module alone")
    return module


def _file(module: str) -> Path | None:
    """File of a module, for a package its `__init__.py`; None for what has none."""
    spec = find_spec(module)
    return Path(spec.origin) if spec and spec.origin and spec.has_location else None


def _sources(module: str, main: Path) -> tuple[Path, ...]:
    """Files of the outermost package with an `__init__.py` that a module lies in or is."""
    parts = module.split(".")
    around = (_file(".".join(parts[: count + 1])) for count in range(len(parts)))
    outermost = next(path for path in around if path is not None)
    if outermost.name != "__init__.py":
        return (main,)
    return tuple(sorted(path for path in outermost.parent.rglob("*") if path.suffix in SOURCES))


def plugin_files(kinds: Iterable[Kind]) -> list[Path]:
    """Files of all plug-ins of some kinds, each once."""
    files = (path for kind in kinds for plugin in plugins(kind) for path in plugin.files)
    return list(dict.fromkeys(files))


class _OneName(MetaPathFinder, Loader):
    """Finds `sparsebench.sim.layer` as `sim.layer`, and `sparsebench` as models/door."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != "sparsebench":
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def exec_module(self, module: ModuleType) -> None:
        # the import system returns what is in its table when this ends
        name = module.__name__.partition(".")[2] or "models.door"
        sys.modules[module.__name__] = import_module(name)


def use_one_name() -> None:
    """Let a plug-in import from `sparsebench` in a checkout, where the packages lie side by side.

    A `sparsebench` that is installed besides would bring a second copy of every class; the
    checkout's are the ones that count there.
    """
    in_checkout = __package__ == "sim"
    if in_checkout and not any(isinstance(finder, _OneName) for finder in sys.meta_path):
        sys.meta_path.insert(0, _OneName())
