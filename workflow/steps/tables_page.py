"""All tables on one page of HTML that needs no network: each can be sorted and searched."""

import argparse
from collections.abc import Iterable
from html import escape
from pathlib import Path

import pandas as pd
from itables import options, to_html_datatable
from itables.javascript import generate_init_offline_itables_html

from sim.files import intact
from workflow.cli import run, whole_file

HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Tables</title>
<style>
body {{ font-family: sans-serif; margin: 1.5em; }}
nav a {{ margin-right: 1em; }}
table {{ font-size: 85%; }}
body > div {{ overflow-x: auto; }}
</style>
{scripts}
</head>
<body>
<h1>Tables</h1>
<p>Click a column to sort by it; the box above a table searches all its cells. The same tables are
CSV files in the report and in the folder <code>tables</code>.</p>
<nav>{links}</nav>
"""


def page(tables: Iterable[Path]) -> str:
    """The page of some CSV files, in this order."""
    files = list(tables)
    links = "\n".join(f'<a href="#{escape(f.stem)}">{escape(f.stem)}</a>' for f in files)
    scripts = generate_init_offline_itables_html(options.dt_bundle)
    return (
        HEAD.format(scripts=scripts, links=links)
        + "".join(map(_section, files))
        + "</body></html>\n"
    )


def _section(file: Path) -> str:
    # Ten rows are all that the browser draws of a table; the others wait for a search or a click.
    frame = pd.read_csv(intact(file), dtype={"layer": str})
    text = frame.select_dtypes(exclude="number").columns
    table = to_html_datatable(
        frame.fillna(dict.fromkeys(text, "")),
        table_id=f"table_{file.stem}",
        connected=False,
        maxBytes=0,
        showIndex=False,
        display_logo_when_loading=False,
        lengthMenu=[10, 50, 200],
    )
    return f'<h2 id="{escape(file.stem)}">{escape(file.stem)}</h2>\n<div>{table}</div>\n'


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    with whole_file(given.output) as temporary:
        temporary.write_text(page(given.tables))


if __name__ == "__main__":
    run(main)
