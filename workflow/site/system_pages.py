"""A page for each system: how it works, what is assumed, what comes out, how far to trust it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

import yaml

from models.networks.titles import network_titles
from sim.declared import ROOT, data_file
from sim.registry import Configuration, configuration, configurations
from workflow.plan.products import Figure, modules
from workflow.site.claims_board import claims_list
from workflow.site.columns import digits
from workflow.site.links import plain_links
from workflow.site.results import ResultFolder, Row, markdown_table, picture

SYSTEMS = data_file("workflow/site/systems.yaml")
ACCELERATORS = ROOT / "sim" / "accelerators"
WIDEST = 8
"""Rows of the table of sensitivity."""


@dataclass(frozen=True, kw_only=True)
class SystemPage:
    """One entry of systems.yaml.

    Attributes:
        name: of the entry, the study's folder and the page.
        title: heading.
        paper: where it is published, as Markdown.
        system: as claims.yaml writes it.
        folders: of sim/accelerators, the paper's first.
        designs: entries of configs.yaml, the paper's own first.
        oracles: models of the table of trust.
        drawing: what the drawing shows, for those who cannot see it.
        how: how it works, as Markdown.
    """

    name: str
    title: str
    paper: str
    system: str
    folders: Sequence[str]
    designs: Sequence[str]
    oracles: Sequence[str]
    drawing: str
    how: str

    def text(self, results: ResultFolder) -> str:
        """The page as Markdown."""
        address = f"drawings/{self.name}.svg"
        drawing = picture(address, alt=self.drawing, text=self.drawing, kind="drawing")
        sections = {
            "How it works": f"{self.how}\n{drawing}",
            "What is assumed": self._assumed(),
            "Results": self._figures(results),
            "Its claims": self._claims(results),
            "Sensitivity": self._sensitivity(results),
            "Trust": self._trust(results),
            "The model in full": _readmes(self.folders),
        }
        body = "".join(f"## {title}\n\n{text}\n" for title, text in sections.items() if text)
        return f"# {self.title}\n\n{self.paper}.\n\n{body}"

    @property
    def drawing_path(self) -> Path:
        """Where the drawing lies: beside the paper's model."""
        return ACCELERATORS / self.folders[0] / "drawing.svg"

    def _assumed(self) -> str:
        entries = [configuration(name) for name in self.designs]
        text = design_table(entries)
        return text + f"Parameters of `{entries[0].name}`:\n\n" + parameter_table(entries[0])

    def _figures(self, results: ResultFolder) -> str:
        drawn = modules(Figure)
        names = [
            name
            for name in results.figures
            if drawn[name].split(".")[2] == self.name and "sensitivity" not in name
        ]
        return "".join(results.figure(name, "../") for name in names)

    def _claims(self, results: ResultFolder) -> str:
        rows = [row for row in results.rows("claims_summary") if row["system"] == self.system]
        return f"{claims_list(rows, system=False)}\n[All claims](../claims.md).\n" if rows else ""

    def _sensitivity(self, results: ResultFolder) -> str:
        spans = [
            row for row in results.rows("sensitivity_spans") if row["accelerator"] in self.designs
        ]
        spans.sort(key=lambda row: -float(row["speedup_span"] or 1))
        table = markdown_table([_span(row) for row in spans[:WIDEST]])
        if table:
            table = (
                "What each assumed parameter is worth, widest first: the highest over the lowest "
                "value within its sweep, 1 means no effect. All of them: "
                f"[sensitivity spans](../tables/sensitivity_spans.md).\n\n{table}"
            )
        return table + results.figure(f"{self.name}_sensitivity", "../")

    def _trust(self, results: ResultFolder) -> str:
        rows = [row for row in results.rows("trust") if _model(row) in self.oracles]
        table = markdown_table([_check(row) for row in rows])
        return f"{table}More: [trust](../trust.md).\n" if table else ""


def system_pages() -> Sequence[SystemPage]:
    """Every entry of systems.yaml, in its order."""
    entries = yaml.safe_load(SYSTEMS.read_text(encoding="utf-8"))
    return [SystemPage(name=name, **entry) for name, entry in entries.items()]


def baselines_page() -> str:
    """The designs that have no page of their own."""
    described = {name for page in system_pages() for name in page.designs}
    others = [entry for name, entry in configurations().items() if name not in described]
    text = (
        "# Baselines\n\nWhat the five systems are compared with, besides the designs on their own "
        "pages. Each is a model of its own with a loop reference.\n\n"
    )
    text += design_table(others)
    folders = list(dict.fromkeys(entry.folder for entry in others))
    return f"{text}{_readmes(folders)}"


def design_table(entries: Sequence[Configuration]) -> str:
    """A line for each design: name, title and what it is."""
    return markdown_table(
        [
            {"design": f"`{entry.name}`", "title": entry.title, "what it is": entry.description}
            for entry in entries
        ]
    )


def parameter_table(entry: Configuration) -> str:
    """Every parameter of a design with value, status, source and the values that are tried."""
    return markdown_table(
        [
            {
                "parameter": f"`{name}`",
                "value": _with_unit(parameter.value, parameter.unit),
                "status": parameter.status,
                "source": plain_links(parameter.source),
                "tried": ", ".join(map(_value, parameter.sweep)),
            }
            for name, parameter in entry.parameters.items()
        ]
    )


def _with_unit(value: object, unit: str) -> str:
    text = _value(value)
    return text if isinstance(value, bool) or value == inf else f"{text} {unit}".strip()


def _value(value: object) -> str:
    """A parameter's value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "no limit" if value == inf else f"{value:g}"
    return str(value)


def _model(row: Row) -> str:
    """Name of a model in the table of trust, without what differs in brackets."""
    return row["model"].partition(" (")[0]


def _check(row: Row) -> Mapping[str, str]:
    return {
        "model": row["model"],
        "oracle": row["oracle"],
        "what is compared": row["quantity"],
        "cases": row["cases"],
        "largest error": f"{digits(100 * float(row['largest_relative_error']))} %",
        "mean error": f"{digits(100 * float(row['mean_relative_error']))} %",
        "circular": row["circular"],
    }


def _span(row: Row) -> Mapping[str, str]:
    return {
        "design": f"`{row['accelerator']}`",
        "network": f"{network_titles()[row['network']]} ({row['suite']}, {row['scheme']})",
        "parameter": f"`{row['parameter']}`",
        "status": row["status"],
        "speedup": _times(row["speedup_span"]),
        "energy": _times(row["energy_span"]),
    }


def _times(text: str) -> str:
    return f"{digits(float(text))} x" if text else "-"


def _readmes(folders: Sequence[str]) -> str:
    """READMEs of folders of sim/accelerators, folded away."""
    parts = []
    for folder in folders:
        text = (ACCELERATORS / folder / "README.md").read_text(encoding="utf-8")
        title, _, body = text.partition("\n")
        heading = title.lstrip("# ").replace('"', "'").replace("`", "")
        # Headings inside would fill the table of contents of the page.
        body = re.sub(r"^#+ (.+)$", r"**\1**\n", plain_links(body), flags=re.MULTILINE)
        inside = "".join(f"    {line}\n" if line else "\n" for line in body.splitlines())
        parts.append(f'??? abstract "{heading}"\n\n{inside}\n')
    return "".join(parts)
