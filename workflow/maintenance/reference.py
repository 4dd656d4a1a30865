"""Copy tables and figures of a finished run to results/reference, and write results/README.md.

The copies are what `make check-results` compares a later run with, and what a reader sees without
running anything.
"""

import argparse
import shutil
from pathlib import Path

import pandas as pd

from sim import UserError
from sim.files import intact
from workflow.cli import run, whole_file

CAPTIONS = Path(__file__).parents[1] / "report"
PAGE = """# Results

Made by `make results` and copied here by `make reference`; do not edit. Every number comes out of
the mechanism on the stated zeros. *measured*: networks trained in the run, zeros on held-out
images. *modelled*: zeros generated to stated densities. Networks trained here are narrow and see
32x32 images: none of their numbers is an ImageNet result. All tables are in
[reference/tables](reference/tables).
"""


def caption(name: str, folder: str = "") -> str:
    """The report's caption of a table or figure."""
    return (CAPTIONS / folder / f"{name}.rst").read_text().replace("``", "`").strip()


def _span(low: float, high: float) -> str:
    if pd.isna(low):
        return "-"
    return f"{low:.3g}" if f"{low:.3g}" == f"{high:.3g}" else f"{low:.3g} to {high:.3g}"


def claims_section(claims: pd.DataFrame) -> str:
    """A row per claim and suite: the span of the values obtained under its conditions."""
    rows = []
    for (claim, suite), own in claims.groupby(["claim", "suite"], sort=False):
        low, high = own["published_low"].iloc[0], own["published_high"].iloc[0]
        published = f"more than {low:g}" if pd.isna(high) else _span(low, high)
        verdicts = own["verdict"].value_counts()
        rows.append(
            {
                "claim": claim,
                "published": f"{published} {own['unit'].iloc[0]}",
                "suite": suite,
                "here": _span(own["reproduced"].min(), own["reproduced"].max()),
                "verdicts (of the conditions tried)": ", ".join(
                    f"{name}: {count}" for name, count in sorted(verdicts.items())
                ),
                "reason (of the first)": own["reason"].iloc[0],
            }
        )
    link = "Each condition has a row of its own in [claims.csv](reference/tables/claims.csv)."
    shown = pd.DataFrame(rows).to_markdown(index=False)
    return f"## Claims\n\n{caption('claims')} {link}\n\n{shown}\n"


def accuracy_section(accuracy: pd.DataFrame) -> str:
    """Accuracies, as a Markdown table."""
    shown = accuracy.round(2).to_markdown(index=False)
    return f"## Accuracy\n\n{caption('accuracy')}\n\n{shown}\n"


def figure_section(names: list[str]) -> str:
    """Every figure with its caption."""
    parts = [
        f"### {name.replace('_', ' ')}\n\n{caption(name, 'figures')}\n\n"
        f"![{name}](reference/figures/{name}.svg)\n"
        for name in names
    ]
    return "## Figures\n\n" + "\n".join(parts)


def main() -> None:
    """Entry point."""
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
            sections = [
                PAGE,
                figure_section([path.stem for path in figures]),
                claims_section(pd.read_csv(intact(arguments.made / "tables" / "claims.csv"))),
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
