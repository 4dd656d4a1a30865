"""Figures of how the project is laid out, beside the bounds that they must keep.

`make lint` prints them and fails when one is beyond its bound: a rule typed again for one more
table, a class name with a second meaning, an accelerator spread over one more folder.
"""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sim.declared import ROOT
from sim.errors import UserError
from workflow.cli import run
from workflow.maintenance.first_lines import leaning
from workflow.maintenance.positional import MOST, positional
from workflow.maintenance.round_the_formatter import round_the_formatter

PACKAGES = ("sim", "models", "workflow")
FILLERS = ("own", "found", "chosen", "one")
"""Words that name nothing: whatever is called so has a noun (docs/glossary.md)."""
LONGEST = 300
"""Lines of a module."""
APART = "tests/reference"
"""Loop references, written on purpose as nothing else here is."""
PAPERS = ("s2ta", "phantom", "sense", "sparse_blox", "hass")


@dataclass(frozen=True)
class Bound:
    """One figure and the most that it may be; `cases` says what it counts."""

    what: str
    figure: int
    most: int
    cases: str = ""

    def __str__(self) -> str:
        """A line of the report."""
        mark = "ok " if self.figure <= self.most else "BAD"
        return f"{mark} {self.figure:4d} <= {self.most:4d}  {self.what} {self.cases}".rstrip()


@dataclass(frozen=True)
class GivenName:
    """A name that the code gives, and `place`, its file and line."""

    name: str
    place: str
    of_class: bool


def bounds(root: Path = ROOT) -> list[Bound]:
    """Every figure of a checkout."""
    rules = sorted((root / "workflow" / "rules").glob("*.smk"))
    lines = sum(map(_lines, [*rules, root / "Snakefile"]))
    making = [path for path in rules for line in path.read_text().splitlines() if _makes(line)]
    loose = [path for path in (root / "models").glob("*.py") if path.stem != "__init__"]
    names = list(given_names(root))
    classes = Counter(given.name for given in names if given.of_class)
    twice = sorted(name for name, count in classes.items() if count > 1)
    fillers = [given.place for given in names if given.name.strip("_").lower() in FILLERS]
    trees = parsed(root, *PACKAGES, "tests", "examples")
    counted = positional(trees)
    dodged = round_the_formatter(root, trees)
    shipped = parsed(root, *PACKAGES)
    leans = leaning(shipped)
    long = [path.as_posix() for path in shipped if _lines(root / path) > LONGEST]
    return [
        Bound("lines of the rule files", lines, 900),
        Bound("rules that make tables", len(making), 5),
        Bound("loose modules in models/", len(loose), 8),
        Bound("class names used twice", len(twice), 0, ", ".join(twice)),
        Bound("names own, found, chosen, one:", len(fillers), 0, ", ".join(fillers)),
        Bound(f"more than {MOST} arguments by position:", len(counted), 0, ", ".join(counted)),
        Bound("ways round the formatter:", len(dodged), 0, ", ".join(dodged)),
        Bound("docstrings that do not stand alone:", len(leans), 0, ", ".join(leans)),
        Bound(f"modules of more than {LONGEST} lines:", len(long), 0, ", ".join(long)),
        *(_folders(root, paper) for paper in PAPERS),
    ]


def parsed(root: Path, *folders: str) -> dict[Path, ast.Module]:
    """The modules of some folders by their path within the checkout."""
    paths = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    within = {path.relative_to(root): path for path in paths}
    return {short: _tree(path) for short, path in within.items() if not short.is_relative_to(APART)}


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


@cache  # several figures look at the same modules
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _makes(line: str) -> bool:
    """Whether a line names the table that a rule makes."""
    return line.strip().startswith("layout.table(table.name),") or "_table:" in line


def given_names(root: Path) -> Iterator[GivenName]:
    """What every variable, parameter, attribute, function and class of the packages is called."""
    for path, tree in parsed(root, *PACKAGES).items():
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                    pass
                case ast.Attribute(attr=name, ctx=ast.Store()) | ast.FunctionDef(name=name):
                    pass
                case ast.ClassDef(name=name):
                    pass
                case _:
                    continue
            of_class = isinstance(node, ast.ClassDef)
            yield GivenName(name, f"{path.as_posix()}:{node.lineno}", of_class)


def _folders(root: Path, paper: str) -> Bound:
    """In how many folders the files lie that are a paper's own, by their name or their folder's."""
    folders: dict[Path, list[Path]] = defaultdict(list)
    for top in (*PACKAGES, "tests", "docs"):
        for path in (root / top).rglob("*.*"):
            parts = path.relative_to(root).parts
            if "__pycache__" in parts or not path.is_file():
                continue
            if paper in parts[:-1]:
                folders[Path(*parts[: parts.index(paper) + 1])].append(path)
            elif paper in path.stem:
                folders[path.parent.relative_to(root)].append(path)
    places = sorted(folder.as_posix() for folder in folders)
    return Bound(f"folders of {paper}:", len(places), 7, " ".join(places))


def main() -> None:
    """Run what the command line asks for."""
    figures = bounds()
    print("\n".join(map(str, figures)))
    beyond = [figure.what for figure in figures if figure.figure > figure.most]
    if beyond:
        raise UserError(f"beyond their bounds: {', '.join(beyond)}")


if __name__ == "__main__":
    run(main)
