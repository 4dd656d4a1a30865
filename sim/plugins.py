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
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Literal

from sim.errors import UserError

Kind = Literal["accelerators", "networks", "schemes"]
GROUPS: dict[Kind, str] = {
    "accelerators": "sparsebench.accelerators",
    "networks": "sparsebench.networks",
    "schemes": "sparsebench.schemes",
}
"""Entry points' group by what they bring."""
SOURCES = (".py", ".yaml", ".csv", ".json")
"""Endings of the files that a result of a plug-in depends on."""


@dataclass(frozen=True)
class Plugin:
    """A module that an installed package brings.

    Attributes:
        name: of the entry point.
        module: dotted name.
        main: the module's own file.
        files: its sources, in sorted order; of a package those of the whole folder.
    """

    name: str
    module: str
    main: Path
    files: tuple[Path, ...]

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.main.parent

    def load(self) -> ModuleType:
        """Import the module.

        Raises:
            UserError: it cannot be imported.
        """
        use_one_name()
        try:
            return import_module(self.module)
        except ImportError as error:
            raise UserError(f"plug-in {self.name!r} ({self.module}): {error}") from error


@cache
def plugins(kind: Kind) -> tuple[Plugin, ...]:
    """What installed packages bring of a kind, by name; nothing of them is imported yet.

    Raises:
        UserError: two entry points have one name, or one names a module that is not there.
    """
    entries = sorted(entry_points(group=GROUPS[kind]), key=lambda entry: entry.name)
    for entry, following in pairwise(entries):
        if entry.name == following.name:
            raise UserError(
                f"{_source(entry)} and {_source(following)} both bring {entry.name!r}; "
                "uninstall one of them"
            )
    return tuple(_plugin(entry) for entry in entries)


def _source(entry: EntryPoint) -> str:
    return f"package {entry.dist.name}" if entry.dist else "a package"


def _plugin(entry: EntryPoint) -> Plugin:
    try:
        spec = find_spec(entry.module)
    except ImportError:  # a package that it lies in
        spec = None
    if spec is None or spec.origin is None:
        raise UserError(
            f"{_source(entry)}: entry point {entry.name!r} of {entry.group} names "
            f"{entry.module!r}, which is no module with a file; install it anew or uninstall it"
        )
    origin = Path(spec.origin)
    if spec.submodule_search_locations is None:
        return Plugin(entry.name, entry.module, origin, (origin,))
    sources = sorted(path for path in origin.parent.rglob("*") if path.suffix in SOURCES)
    return Plugin(entry.name, entry.module, origin, tuple(sources))


def plugin_files(kinds: Iterable[Kind]) -> list[Path]:
    """Sources of all plug-ins of some kinds."""
    return [path for kind in kinds for plugin in plugins(kind) for path in plugin.files]


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
