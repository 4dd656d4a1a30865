"""Products: a table, a figure or a paper's claims is one value, declared by the study that asks.

A study is a folder of workflow/studies with a `study.py` whose `study(plan)` says what it asks for
under a configuration. Adding one is adding the folder. What a product shows in the report, its
caption, is the docstring of its module.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from sim.declared import ROOT
from sim.errors import UserError
from workflow.plan.digest import FIGURE, NUMPY
from workflow.plan.layout import Layout
from workflow.plan.plan import Plan

STUDIES = ROOT / "workflow" / "studies"
PACKAGE = "workflow.studies"
CLAIMS = "claims"
"""Name of the table that judges every paper's claims, and of the study that makes it."""


@dataclass(frozen=True, kw_only=True)
class _Product:
    """What a rule makes.

    Attributes:
        pins: packages whose locked version counts.
        section: of the report; None takes the study's title.
    """

    pins: Sequence[str] = NUMPY
    section: str | None = None


@dataclass(frozen=True)
class Table(_Product):
    """A table, tables/<name>.csv.

    Attributes:
        name: public name.
        module: that makes it: `<part>_table` of the study's folder.
        inputs: files that it is made from.
        options: of the module's command line, after the inputs.
        standalone: whether it can be made from no files; another one without inputs is left out.
        named: whether the inputs stand on the command line; otherwise the options say where they
            are.
        evaluators: modules that it runs by a name made at run time.
        pictures: what folders of pictures hold that it reads (their times do not say).
    """

    name: str
    module: str
    inputs: Sequence[str] = ()
    options: Sequence[str] = ()
    _: KW_ONLY
    standalone: bool = False
    named: bool = True
    evaluators: Sequence[str] = ()
    pictures: str = ""


@dataclass(frozen=True)
class Figure(_Product):
    """A figure, figures/<name>.svg and .png.

    Attributes:
        name: public name.
        module: that draws it: `<part>_figure` of the study's folder.
        tables: names of the tables that it is drawn from.
        inputs: files that it is drawn from besides.
        dataset: file of pictures that it shows.
    """

    name: str
    module: str
    tables: Sequence[str] = ()
    inputs: Sequence[str] = ()
    dataset: str | None = None
    pins: Sequence[str] = field(default=FIGURE, kw_only=True)


@dataclass(frozen=True)
class Claims:
    """A module with EVALUATORS of a paper's claims, and the names of the tables they read."""

    module: str
    tables: Sequence[str]


@dataclass(frozen=True)
class Study:
    """What one question asks for.

    Attributes:
        title: section of the report.
        tables, figures, claims: its products; modules are named within the study's folder.
    """

    title: str
    tables: Sequence[Table] = ()
    figures: Sequence[Figure] = ()
    claims: Sequence[Claims] = ()


@dataclass(frozen=True)
class Products:
    """The products of all studies; modules are named in full."""

    tables: Sequence[Table]
    figures: Sequence[Figure]

    @property
    def inputs(self) -> Iterator[str]:
        """The files that they are made from; one that several read comes as often."""
        for table in self.tables:
            yield from table.inputs
        for figure in self.figures:
            yield from figure.inputs

    def files(self, layout: Layout, kept: Callable[[Table | Figure], bool]) -> list[str]:
        """The files of those that are kept; of a figure one of its two."""
        tables = [layout.table(table.name) for table in self.tables if kept(table)]
        figures = [layout.figure(figure.name, "svg") for figure in self.figures if kept(figure)]
        return tables + figures


Item = TypeVar("Item", Table, Figure)


def products(plan: Plan, folder: Path = STUDIES) -> Products:
    """What every study of a folder asks for, and the table of the claims of all.

    What a configuration gives no files for is left out, with all that would be made from it.
    """
    studies = _possible(dict(_studies(plan, folder)))
    claims = [
        replace(entry, module=f"{PACKAGE}.{name}.{entry.module}")
        for name, study in studies.items()
        for entry in study.claims
    ]
    if CLAIMS in studies:
        judging, *others = studies[CLAIMS].tables
        tables = [_evaluated(judging, plan, claims), *others]
        studies[CLAIMS] = replace(studies[CLAIMS], tables=tables)
    return Products(
        [item for name, study in studies.items() for item in _placed(name, study, study.tables)],
        [item for name, study in studies.items() for item in _placed(name, study, study.figures)],
    )


def _studies(plan: Plan, folder: Path) -> Iterator[tuple[str, Study]]:
    for path in sorted(folder.glob("*/study.py")):
        name = path.parent.name
        yield name, import_module(f"{PACKAGE}.{name}.study").study(plan)


def _possible(studies: Mapping[str, Study]) -> dict[str, Study]:
    """The studies without the products that there is nothing to make from."""
    made = {
        table.name
        for study in studies.values()
        for table in study.tables
        if table.inputs or table.standalone or not table.named
    }
    return {
        name: replace(
            study,
            tables=[table for table in study.tables if table.name in made],
            figures=[figure for figure in study.figures if made.issuperset(figure.tables)],
            claims=[entry for entry in study.claims if made.issuperset(entry.tables)],
        )
        for name, study in studies.items()
    }


def _evaluated(table: Table, plan: Plan, claims: Sequence[Claims]) -> Table:
    """The table that judges all claims, with what all of them are judged from."""
    modules = [entry.module for entry in claims]
    read = {plan.layout.table(name) for entry in claims for name in entry.tables}
    tables = sorted({*table.inputs, *read})
    return replace(table, inputs=tables, options=["--modules", *modules], evaluators=modules)


def _placed(name: str, study: Study, items: Sequence[Item]) -> list[Item]:
    return [
        replace(
            item,
            module=f"{PACKAGE}.{name}.{item.module}",
            section=item.section or study.title,
        )
        for item in items
    ]


def modules(kind: type[Table] | type[Figure], folder: Path = STUDIES) -> dict[str, str]:
    """Module of every table or figure that some study may ask for, by public name.

    Read from the text of the studies: which of them a configuration asks for does not matter.

    Raises:
        UserError: a study names one by something else than a literal; says where.
    """
    named = {}
    for path in sorted(folder.glob("*/study.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", None) == kind.__name__:
                name, module = _literals(call, path)
                named[name] = f"{PACKAGE}.{path.parent.name}.{module}"
    return named


def _literals(call: ast.Call, path: Path) -> tuple[str, str]:
    texts = [node.value for node in call.args[:2] if isinstance(node, ast.Constant)]
    if len(texts) != 2:
        raise UserError(
            f"{path}:{call.lineno}: name and module of what a study asks for are to be literals, "
            "by which the site finds it"
        )
    return str(texts[0]), str(texts[1])


def caption(module: str) -> str:
    """The docstring of a module, as reStructuredText."""
    text = ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text()
    docstring = ast.get_docstring(ast.parse(text)) or ""
    return re.sub(r"`+", "``", docstring)
