"""Configuration files as they are written: readable, no key twice, and on which line a key stands.

Snakemake merges them into one mapping and takes the last of two equal keys without a word.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from sim.declared import ROOT
from sim.documents import read_yaml
from sim.errors import UserError
from sim.validation import shown
from workflow.plan.config_errors import ConfigError, Place, dotted

DEFAULT = "config/config.yaml"
"""The configuration that others change, in the working folder or beside the Snakefile."""

TEMPLATE = "__use_yte__"
"""The key by which Snakemake takes a configuration for a template with expressions to run."""

KEY_TAGS = (":str", ":merge", ":value")
"""Ends of the tags of keys that are text or bring keys of others."""
NUMBER_TAGS = (":int", ":float")
"""Ends of the tags of numbers."""
OTHER_NOTATION = re.compile(r"[-+]?(0[0-7_]+$|[0-9_]+:)")
"""Numbers to the base of eight or sixty."""


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
        UserError: no such file, a folder, no text in UTF-8, no YAML of plain values, no mapping, a
            key twice or that is no text, a number that is read otherwise than it looks, a value
            within itself, or a template.
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
        document = read_yaml(text)
    except yaml.YAMLError as error:
        raise UserError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise UserError(f"{path}: nested too deeply") from error
    node = document.node
    if not isinstance(node, yaml.MappingNode):
        raise UserError(f"{path}: holds no keys at its top; expected a configuration in YAML")
    for place, key in document.repeated:
        raise _mistake(path, key, (*place, key.value), "a second time; keep one")
    if TEMPLATE in document.value:  # also where an alias brings it
        line = next((key.start_mark.line + 1 for key, _ in node.value if key.value == TEMPLATE), 1)
        raise UserError(
            f"{path}:{line}: {TEMPLATE}: makes the file a template whose Python expressions "
            "Snakemake runs; take it out and write values"
        )
    _check_values(path, (), node, frozenset())
    return node


def _check_values(path: Path, place: Place, node: yaml.Node, above: frozenset[int]) -> None:
    """Keys below a place are text, numbers are what they look like, nothing lies in itself."""
    if id(node) in above:
        raise _mistake(path, node, place, "stands within itself")
    above |= {id(node)}
    if isinstance(node, yaml.SequenceNode):
        for index, entry in enumerate(node.value):
            _check_values(path, (*place, index), entry, above)
    elif isinstance(node, yaml.MappingNode):
        for key, entry in node.value:
            if not key.tag.endswith(KEY_TAGS):
                unread = f"has the key {shown(key.value)}, which YAML does not read as text"
                raise _mistake(path, key, place, f"{unread}; put it in quotes")
            _check_values(path, (*place, key.value), entry, above)
    elif node.tag.endswith(NUMBER_TAGS) and OTHER_NOTATION.match(node.value):
        number = yaml.safe_load(node.value)
        read = f"{node.value} is {number} in YAML; write {number}"
        raise _mistake(path, node, place, f"{read}, or put it in quotes if it is text")


def _mistake(path: Path, node: yaml.Node, place: Place, mistake: str) -> UserError:
    return UserError(f"{path}:{node.start_mark.line + 1}: {dotted(place)}: {mistake}")


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
        for key, value in reversed(node.value):  # the last is the mapping's, not one of `<<`
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
