"""Copy tables and figures of a finished run to results/reference, and write results/README.md.

The copies are what `make check-results` compares a later run with, and what a reader sees without
running anything.
"""

import argparse
import shutil
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim import UserError
from sim.files import intact
from workflow.cli import run, whole_file
from workflow.plan.products import Figure, Table, caption, modules

PAGE = """# Results

Made by `make results` and copied here by `make reference`; do not edit. Every number comes out of
the mechanism on the stated zeros. *measured*: networks trained in the run, zeros on held-out
images. *modelled*: zeros generated to stated densities. Networks trained here are narrow and see
32x32 images: none of their numbers is an ImageNet result. All tables are in
[reference/tables](reference/tables).
"""


def _caption(module: str) -> str:
    """The caption of a product, as Markdown."""
    return caption(module).replace("``", "`")


def _shown(value: float) -> str:
    return "-" if pd.isna(value) else f"{value:.3g}"


def _span(low: float, high: float) -> str:
    if pd.isna(low):
        return "-"
    return f"{low:.3g}" if f"{low:.3g}" == f"{high:.3g}" else f"{low:.3g} to {high:.3g}"


def claims_section(summary: pd.DataFrame) -> str:
    """A row per claim: published, here, verdict, and why."""
    rows = [
        {
            "claim": row["claim"],
            "published": f"{_published(row)} {row['unit']}",
            "here": _shown(row["here"]),
            "all settings": _span(row["band_low"], row["band_high"]),
            "verdict": row["verdict"],
            "points lost": _shown(row["accuracy_lost_points"]),
            "why": row["reason"],
        }
        for row in summary.to_dict("records")
    ]
    link = "Each setting has a row of its own in [claims.csv](reference/tables/claims.csv)."
    shown = pd.DataFrame(rows).to_markdown(index=False)
    return f"## Claims\n\n{_caption(modules(Table)['claims_summary'])} {link}\n\n{shown}\n"


def _published(row: Mapping[Hashable, Any]) -> str:
    low, high = row["published_low"], row["published_high"]
    return f"more than {low:g}" if pd.isna(high) else _span(low, high)


def accuracy_section(accuracy: pd.DataFrame) -> str:
    """Accuracies, as a Markdown table."""
    shown = accuracy.round(2).to_markdown(index=False)
    return f"## Accuracy\n\n{_caption(modules(Table)['accuracy'])}\n\n{shown}\n"


def figure_section(names: list[str]) -> str:
    """Every figure with its caption."""
    drawn = modules(Figure)
    parts = [
        f"### {name.replace('_', ' ')}\n\n{_caption(drawn[name])}\n\n"
        f"![{name}](reference/figures/{name}.svg)\n"
        for name in names
    ]
    return "## Figures\n\n" + "\n".join(parts)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--made", type=Path, required=True, help="results folder of a finished run")
    parser.add_argument("--tables", type=Path, required=True, help="where the tables go")
    parser.add_argument("--figures", type=Path, help="where the figures go")
    parser.add_argument("--page", type=Path, help="README to write")
    arguments = parser.parse_args()
    tables = sorted((arguments.made / "tables").glob("*.csv"))
    if not tables:
        raise UserError(f"{arguments.made}/tables is empty; run `make results` first")
    _replace(arguments.tables, tables)
    if arguments.figures:
        figures = sorted((arguments.made / "figures").glob("*.svg"))
        _replace(arguments.figures, figures)
        if arguments.page:
            summary = pd.read_csv(intact(arguments.made / "tables" / "claims_summary.csv"))
            sections = [
                PAGE,
                figure_section([path.stem for path in figures]),
                claims_section(summary),
                accuracy_section(pd.read_csv(intact(arguments.made / "tables" / "accuracy.csv"))),
            ]
            with whole_file(arguments.page) as temporary:
                temporary.write_text("\n".join(sections))


def _replace(folder: Path, files: list[Path]) -> None:
    fresh = folder.with_name(f".{folder.name}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for path in files:
        shutil.copyfile(path, fresh / path.name)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.replace(folder)


if __name__ == "__main__":
    run(main)
