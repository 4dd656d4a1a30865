"""What the pages of docs/ take from tables: each place says `<!-- fill: NAME WORDS -->`."""

import csv
import re
from collections.abc import Callable

from sim.declared import data_file
from sim.errors import UserError
from workflow.plan.products import Table, modules
from workflow.site.claims_board import board, decided, outcome
from workflow.site.columns import digits
from workflow.site.examples import examples, toy_class
from workflow.site.results import ResultFolder, markdown_table, split_caption
from workflow.site.system_pages import system_pages

PLACE = re.compile(r"<!-- fill: ([^>]+?) -->")
MEASURED = data_file("workflow/profiles/measured_resources.csv")
SLOWEST = 12
"""Steps of the table of performance."""


def filled(text: str, results: ResultFolder) -> str:
    """A page with all of its places filled.

    Raises:
        UserError: a place asks for what nothing here makes.
    """
    return PLACE.sub(lambda match: _fill(match[1], results), text)


def _fill(place: str, results: ResultFolder) -> str:
    name, *words = place.split()
    if name not in FILLERS:
        raise UserError(f"a page asks for {name!r}; expected one of {', '.join(FILLERS)}")
    return FILLERS[name](results, *words)


def _systems(results: ResultFolder) -> str:
    return ", ".join(f"[{page.title}](systems/{page.name}.md)" for page in system_pages())


def _figure(results: ResultFolder, name: str) -> str:
    return results.figure(name, "")


def _caption(results: ResultFolder, table: str) -> str:
    return " ".join(split_caption(modules(Table)[table])[1].split())


def _accuracy(results: ResultFolder) -> str:
    """What pruning costs: the table of accuracy in words."""
    return markdown_table(
        [
            {
                "suite": row["suite"],
                "network": row["network"],
                "scheme": row["scheme"],
                "weights kept": f"{100 * float(row['weight_density']):.1f} %",
                "top-1 trained": _percent(row["top1_trained_percent"]),
                "right after pruning": _percent(row["top1_one_shot_percent"]),
                "fine-tuned, INT8": _percent(row["top1_int8_percent"]),
                "points lost": _percent(row["drop_from_dense_points"]).removesuffix(" %"),
            }
            for row in results.rows("accuracy")
        ]
    )


def _percent(text: str) -> str:
    return f"{float(text):.1f} %" if text else "-"


def _tables(results: ResultFolder, *studies: str) -> str:
    """The tables of some folders of workflow/studies, each with what it holds."""
    known = modules(Table)
    return markdown_table(
        [
            {
                "table": f"[{name.replace('_', ' ')}](tables/{name}.md)",
                "what it holds": split_caption(known[name])[0],
            }
            for name in results.tables
            if known[name].split(".")[2] in studies
        ]
    )


def _steps(results: ResultFolder) -> str:
    """The steps that took longest in the measured runs."""
    with MEASURED.open(newline="", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: -float(row["seconds"]))
    return markdown_table(
        [
            {
                "step": f"`{row['rule']}`",
                "jobs": row["jobs"],
                "longest job": f"{digits(float(row['seconds']))} s",
                "most memory": f"{digits(float(row['memory_mb']))} MB",
                "which job": row["largest_job"],
            }
            for row in rows[:SLOWEST]
        ]
    )


def _examples(results: ResultFolder) -> str:
    return "".join(example.text() for example in examples())


FILLERS: dict[str, Callable[..., str]] = {
    "outcome": outcome,
    "board": board,
    "decided": decided,
    "systems": _systems,
    "figure": _figure,
    "caption": _caption,
    "accuracy": _accuracy,
    "tables": _tables,
    "steps": _steps,
    "examples": _examples,
    "toy": lambda results: toy_class(),
}
"""What may be asked for; each takes the results and the words of the place."""
