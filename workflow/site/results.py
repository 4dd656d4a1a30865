"""The committed results that the site is made of: tables, figures, and what their captions say."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

from sim.errors import UserError
from workflow.plan.products import Figure, Table, caption, modules

Row = Mapping[str, str]


@dataclass(frozen=True)
class ResultFolder:
    """Tables and figures of a finished run.

    Attributes:
        folder: with `tables/*.csv` and `figures/*.svg`, e.g. results/reference.
    """

    folder: Path

    def __post_init__(self) -> None:
        if not (self.folder / "tables" / "claims_summary.csv").is_file():
            raise UserError(
                f"{self.folder}/tables has no claims_summary.csv; make it by `make reference`, or "
                "name the folder of a finished run with --results"
            )

    def rows(self, table: str) -> Sequence[Row]:
        """All rows of a table as text; none where the run did not make it."""
        path = self.table_path(table)
        if not path.is_file():
            return []
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def table_path(self, table: str) -> Path:
        """Where a table lies."""
        return self.folder / "tables" / f"{table}.csv"

    @cached_property
    def tables(self) -> Sequence[str]:
        """Names of the tables of this run that some study makes, in alphabetical order."""
        known = modules(Table)
        there = sorted(path.stem for path in (self.folder / "tables").glob("*.csv"))
        return [name for name in there if name in known]

    @cached_property
    def figures(self) -> Sequence[str]:
        """Names of the figures of this run that some study draws, in alphabetical order."""
        known = modules(Figure)
        there = sorted(path.stem for path in (self.folder / "figures").glob("*.svg"))
        return [name for name in there if name in known]

    def figure(self, name: str, to_root: str) -> str:
        """A figure with its caption as HTML, or nothing where the run did not draw it.

        Args:
            name: of the figure.
            to_root: from the page to the root of the site, e.g. "../".
        """
        if name not in self.figures:
            return ""
        first, rest = split_caption(modules(Figure)[name])
        source = f"{to_root}figures/{name}.svg"
        text = " ".join((rest or first).split())
        return picture(source, alt=first, text=text, link=source)


def picture(
    source: str, *, alt: str, text: str, link: str | None = None, kind: str = "chart"
) -> str:
    """A picture with alternative text and caption, which may be Markdown, as HTML in Markdown.

    Args:
        source: address from the page.
        alt: for those who cannot see it.
        text: caption.
        link: what a click opens.
        kind: `chart`, which scrolls on a narrow screen, or `drawing`, whose type is large.
    """
    image = f'<img src="{source}" alt="{escape(plain(alt))}" loading="lazy">'
    if link:
        image = f'<a href="{link}" title="the figure alone, to zoom into">{image}</a>'
    return (
        f'<figure class="{kind}" markdown>\n<div class="frame" tabindex="0">{image}</div>\n'
        f'<figcaption markdown="span">{text}</figcaption>\n</figure>\n\n'
    )


def split_caption(module: str) -> tuple[str, str]:
    """First sentence of a module's docstring, and the rest of it, as Markdown."""
    first, _, rest = caption(module).replace("``", "`").partition("\n\n")
    return " ".join(first.split()), rest


def plain(text: str) -> str:
    """Markdown text without its marks."""
    return text.replace("`", "").replace("**", "")


def markdown_table(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as a Markdown table; the first row names the columns."""
    if not rows:
        return ""
    lines = [
        list(rows[0]),
        ["---"] * len(rows[0]),
        *([row[key] for key in rows[0]] for row in rows),
    ]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ") or "&nbsp;"
