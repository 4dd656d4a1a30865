"""Write the pages of the site for MkDocs, from the results of a finished run."""

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path

from sim.declared import ROOT
from workflow.cli import run, whole_file
from workflow.site.examples import examples
from workflow.site.fillers import filled
from workflow.site.links import plain_links, table_links
from workflow.site.results import ResultFolder
from workflow.site.schema_page import schema_page
from workflow.site.slim_figures import slim
from workflow.site.system_pages import baselines_page, system_pages
from workflow.site.table_pages import table_pages

DOCS = ROOT / "docs"
ASSETS = ROOT / "workflow" / "site" / "assets"
NOT_SEARCHED = "---\nsearch:\n  exclude: true\n---\n\n"
"""For a page of what was once: a search is for what holds now."""


def pages(results: ResultFolder) -> dict[str, str]:
    """Text of every file of the site but pictures, by path within it."""
    return {
        **dict(_written_pages(results)),
        "configuration.md": schema_page(),
        **{f"systems/{page.name}.md": page.text(results) for page in system_pages()},
        "systems/baselines.md": baselines_page(),
        **table_pages(results),
        **{f"assets/{path.name}": path.read_text(encoding="utf-8") for path in ASSETS.iterdir()},
        **dict(_pictures(results)),
    }


def _written_pages(results: ResultFolder) -> Iterator[tuple[str, str]]:
    """The pages of docs/ and the changelog: places filled, links out of the site taken off."""
    for path in sorted(DOCS.glob("*.md")):
        text = table_links(plain_links(path.read_text(encoding="utf-8")), results.tables)
        yield path.name, filled(text, results)
    changes = plain_links((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    yield "changelog.md", NOT_SEARCHED + changes


def _pictures(results: ResultFolder) -> Iterator[tuple[str, str]]:
    for name in results.figures:
        path = results.folder / "figures" / f"{name}.svg"
        yield f"figures/{name}.svg", slim(path.read_text(encoding="utf-8"))
    for path in sorted(DOCS.glob("*.svg")):
        yield path.name, slim(path.read_text(encoding="utf-8"))
    for example in examples():
        if example.drawn.is_file():
            text = example.drawn.read_text(encoding="utf-8")
            yield f"figures/example_{example.path.stem}.svg", slim(text)
    for page in system_pages():
        yield f"systems/drawings/{page.name}.svg", page.drawing_path.read_text(encoding="utf-8")


def write(results: ResultFolder, output: Path) -> None:
    """Write all files into a folder; what it held before goes."""
    written = pages(results)
    shutil.rmtree(output, ignore_errors=True)
    for name, text in written.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as temporary:
            temporary.write_text(text, encoding="utf-8")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=ROOT / "results" / "reference")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "pages")
    arguments = parser.parse_args()
    write(ResultFolder(arguments.results), arguments.output)


if __name__ == "__main__":
    run(main)
