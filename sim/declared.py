"""What a module uses besides its imports, declared where it uses it.

A table is made again when, and only when, what it was made from changed. Imports can be followed
from the source text; data files and modules that are looked up by a name made at run time cannot.
Both are therefore named by these functions with constant text, which workflow/dependencies.py finds
in the source without running it:

- within a function, or as the value of a constant: whoever uses that function or constant;
- alone at the level of the module: whoever uses anything of the module.
"""

from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The checkout, or the folder that the packages are installed in."""


def data_file(path: str) -> Path:
    """A file that is read, by its path within the checkout."""
    return ROOT / path


def data_files(*patterns: str) -> list[Path]:
    """The files that are read, by globs within the checkout, in sorted order."""
    return [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]


def modules_by_name(*modules: str) -> tuple[str, ...]:
    """The modules that are run by a name made at run time; a `*` stands for a part of a name."""
    return modules
