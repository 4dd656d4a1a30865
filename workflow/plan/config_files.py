"""Configuration files as they are written: readable, no key twice, and on which line a key stands.

Snakemake merges them into one mapping and takes the last of two equal keys without a word.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from sim.declared import ROOT
from sim.documents import LOADER, repeated_keys
from sim.errors import UserError
from sim.validation import shown
from workflow.plan.config_errors import ConfigError, Place, dotted

DEFAULT = "config/config.yaml"
"""The configuration that others change, in the working folder or beside the Snakefile."""

TEMPLATE = "__use_yte__"
"""The key by which Snakemake takes a configuration for a template with expressions to run."""


def default_file(checkout: Path = ROOT) -> str:
    """The default configuration: of the working folder, or else of the checkout.

    Where neither has one, what uses it says so: other files may hold everything.

    Raises:
        UserError: it is not a readable mapping in YAML.
    """
    here = Path(DEFAULT)
    path = here if here.exists() or not (checkout / DEFAULT).exists() else checkout / DEFAULT
    if path.exists():
        content(path)
    return str(path)


def content(path: Path) -> yaml.MappingNode:
    """The mapping that a configuration file holds, with the places of its keys.

    Raises:
        UserError: no such file, a folder, no text in UTF-8, no YAML, no mapping, a key twice, or a
            template.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path}: not text in UTF-8 (byte {error.start}: {error.reason}); save it as UTF-8"
        ) from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read as a configuration: {error.strerror}") from error
    try:
        node = yaml.compose(text, LOADER)
    except yaml.YAMLError as error:
        raise UserError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(node, yaml.MappingNode):
        raise UserError(f"{path}: holds no keys at its top; expected a configuration in YAML")
    for place, key in repeated_keys(node):
        where = f"{path}:{key.start_mark.line + 1}"
        raise UserError(f"{where}: {dotted((*place, key.value))}: a second time; keep one")
    for key, _ in node.value:
        if key.value == TEMPLATE:
            raise UserError(
                f"{path}:{key.start_mark.line + 1}: {TEMPLATE}: makes the file a template whose "
                "Python expressions Snakemake runs; take it out and write values"
            )
    return node


@dataclass(frozen=True)
class ConfigFiles:
    """The files that a configuration was merged from, the last one winning."""

    paths: Sequence[Path] = ()

    def check(self) -> None:
        """Raise UserError for a file that cannot be read, or has a key twice."""
        for path in self.paths:
            content(path)

    def located(self, error: ConfigError) -> UserError:
        """The error with file and line, where a file holds the place, else as it is."""
        best: tuple[int, Path, int] | None = None
        for path in self.paths:
            depth, line = _nearest(content(path), error.place)
            if depth and (best is None or depth >= best[0]):
                best = (depth, path, line)
        if best is None:
            return error
        _, path, line = best
        return UserError(f"{shown(str(path))}:{line}: {dotted(error.place)}: {error.mistake}")


def _nearest(node: yaml.Node, place: Place) -> tuple[int, int]:
    """How many keys of a place a file follows, and the line of the last of them."""
    line = 1
    for depth, wanted in enumerate(place):
        below = _child(node, wanted)
        if below is None:
            return depth, line
        line, node = below
    return len(place), line


def _child(node: yaml.Node, wanted: str | int) -> tuple[int, yaml.Node] | None:
    """Line and node of a key or of an entry of a list; None = there is none."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(wanted):
                return key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode) and wanted in range(len(node.value)):
        entry = node.value[int(wanted)]
        return entry.start_mark.line + 1, entry
    return None


def main() -> None:
    """Check files named on the command line: `python -m workflow.plan.config_files FILE...`."""
    try:
        for name in sys.argv[1:]:
            content(Path(name))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
