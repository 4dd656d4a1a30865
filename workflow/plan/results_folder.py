"""The folder of everything that is made: which names it may have, and how paths spell it.

Any name works that a file system allows, blanks, quotes and other scripts among them, but for
control characters and the braces in which Snakemake writes wildcards.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from sim.declared import ROOT
from workflow.plan.config_errors import ConfigError

DEFAULT = ROOT / "config" / "config.yaml"
KEY = ("results_dir",)
SOURCES = (
    "sim",
    "models",
    "workflow",
    "tests",
    "config",
    "docs",
    "examples",
    "shared",
    ".git",
    ".github",
    ".ci",
    ".venv",
    ".snakemake",
    "results/reference",
)
"""Folders of a checkout that no result may be written to."""


def results_folder(name: str) -> str:
    """The path of the folder as it begins every path: `~` resolved, nothing superfluous in it.

    A name that begins like an option of a command becomes an absolute path.
    """
    at_home = name == "~" or name.startswith("~/")
    path = os.path.normpath(os.path.expanduser(name) if at_home else name)
    return os.path.abspath(path) if path.startswith("-") else path


def check_results_folder(name: str, checkout: Path) -> None:
    """Raise ConfigError for a folder that is no place for results, with the reason."""
    if not name.strip():
        raise ConfigError(KEY, f"is {name!r}; expected the name of a folder")
    if not name.isprintable() or {"{", "}"} & set(name):
        raise ConfigError(KEY, f"is {name!r}; expected a name without control characters or braces")
    if len(os.fsencode(name)) > 1024 or any(len(os.fsencode(p)) > 200 for p in Path(name).parts):
        raise ConfigError(KEY, "is too long; expected parts of at most 200 bytes")
    spelled = results_folder(name)
    if not os.path.isabs(spelled) and spelled.split(os.sep)[0] == os.pardir:
        raise ConfigError(
            KEY, f"is {name!r}, outside the working folder; write an absolute path if you mean it"
        )
    if "://" in name:
        raise ConfigError(KEY, f"is {name!r}, an address; expected a folder of this machine")
    for part in (Path(spelled), *Path(spelled).parents):
        if part.is_symlink() and not os.path.exists(part):  # a loop makes Path.exists raise
            raise ConfigError(KEY, f"is {name!r}, but {part} is a link that leads nowhere")
    folder = Path(spelled).resolve()
    for protected, what in _protected(checkout):
        if folder == protected or folder in protected.parents:
            raise ConfigError(
                KEY, f"is {name!r}, which {what}; expected a folder for results alone"
            )
    for source in SOURCES:
        if folder.is_relative_to((checkout / source).resolve()) and (checkout / source).exists():
            raise ConfigError(KEY, f"is {name!r}, in {source}/ of the project; expected another")
    above = next((part for part in (folder, *folder.parents) if part.exists()), folder)
    if not above.is_dir():
        raise ConfigError(KEY, f"is {name!r}, but {above} is a file; expected a folder")
    if not os.access(above, os.W_OK):
        raise ConfigError(KEY, f"is {name!r}, but {above} cannot be written to")


def _protected(checkout: Path) -> Iterator[tuple[Path, str]]:
    """Folders that hold other things; neither they nor what they are in is for results."""
    yield Path("/"), "is the root of the file system"
    yield checkout.resolve(), "holds the project"
    yield Path.cwd().resolve(), "is or holds the working folder"
    home = Path(os.path.expanduser("~"))
    if home != Path("/"):
        yield home.resolve(), "is or holds your home folder"


def main() -> None:
    """Print the folder of a configuration: `python -m workflow.plan.results_folder FILE`."""
    read = [yaml.safe_load(Path(path).read_text()) or {} for path in (DEFAULT, sys.argv[1])]
    print(results_folder({**read[0], **read[1]}["results_dir"]))


if __name__ == "__main__":
    main()
