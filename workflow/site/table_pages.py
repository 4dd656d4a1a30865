"""A page for every table: caption, columns with units, and the whole table to sort and download.

The CSV file travels compressed inside a script, because a page opened from a disk may load scripts
but not files; the browser unpacks it for the view and for the download.
"""

import base64
import gzip
import json
from collections import defaultdict
from collections.abc import Sequence

from workflow.plan.products import Table, modules
from workflow.site.columns import DIGITS, Column, column
from workflow.site.results import ResultFolder, markdown_table, split_caption

STUDY_TITLES = {
    "accuracy": "Networks and their zeros",
    "basis": "Energy and area of components",
    "claims": "Claims",
    "comparison": "All accelerators",
    "footing": "Equal footing",
    "s2ta": "S2TA",
    "phantom": "Phantom-2D",
    "sense": "Sense",
    "sparse_blox": "Sparse-Blox and Spex",
    "hass": "HASS",
    "eyeriss_v2": "Eyeriss v2",
    "sensitivity": "Sensitivity",
    "trust": "Trust",
    "seeds": "Seeds",
    "pretrained": "Networks with real weights",
    "design_space": "Design space",
    "scaling": "Scaling of sweeps",
}
"""How the overview groups tables, by folder of workflow/studies; others come last by folder."""


def table_pages(results: ResultFolder) -> dict[str, str]:
    """Text of all pages and scripts of tables, by path within the site."""
    pages = {"tables/index.md": _overview(results)}
    for name in results.tables:
        pages[f"tables/{name}.md"] = _page(results, name)
        pages[f"tables/data/{name}.js"] = _data(results, name)
    return pages


def columns_of(results: ResultFolder, name: str) -> Sequence[Column]:
    """How the columns of a table are shown."""
    rows = results.rows(name)
    return [column(key, [row[key] for row in rows]) for key in (rows[0] if rows else ())]


def _page(results: ResultFolder, name: str) -> str:
    first, rest = split_caption(modules(Table)[name])
    count = len(results.rows(name))
    described = markdown_table(
        [
            {"column": f"`{entry.name}`", "shown in": entry.unit or _kind(entry)}
            for entry in columns_of(results, name)
        ]
    )
    columns = "".join(f"    {line}\n" for line in described.splitlines())
    return f"""---
hide: [navigation, toc]
---

# Table: {_title(name)}

{first}

{rest}

<p class="table-tools" markdown="span">
<button type="button" class="md-button" data-download="{name}">Download {name}.csv</button>
{count:,} rows; numbers are rounded to {DIGITS} significant digits, the download has all.
</p>

<div class="wide-table" tabindex="0" data-table="{name}"><p>Scripts fill in the table.</p></div>

??? note "Columns and units"

{columns}
<script src="../assets/itables.js"></script>
<script src="data/{name}.js"></script>
<script src="../assets/tables.js"></script>
"""


def _kind(entry: Column) -> str:
    return "number" if entry.numeric else "words"


def _title(name: str) -> str:
    return name.replace("_", " ")


def _data(results: ResultFolder, name: str) -> str:
    """The table's file and how its columns are shown, compressed: assets/tables.js unpacks it."""
    shown = [
        {
            "words": entry.words,
            "unit": entry.unit,
            "scale": entry.scale,
            "numeric": entry.numeric,
            "long": entry.long,
        }
        for entry in columns_of(results, name)
    ]
    content = json.dumps({"columns": shown, "csv": results.table_path(name).read_bytes().decode()})
    packed = base64.b64encode(gzip.compress(content.encode(), 9, mtime=0)).decode()
    return f'(window.tableData ??= {{}}).{name} = "{packed}";\n'


def _overview(results: ResultFolder) -> str:
    known = modules(Table)
    groups: dict[str, list[str]] = defaultdict(list)
    for name in results.tables:
        groups[known[name].split(".")[2]].append(name)
    order = [*STUDY_TITLES, *sorted(set(groups) - set(STUDY_TITLES))]
    text = (
        "# Tables\n\nEvery number of this site stands in one of these tables, made by one run. "
        "[How to read them](../reading-the-tables.md).\n\n"
    )
    for study in order:
        if study in groups:
            text += f"## {STUDY_TITLES.get(study, study.replace('_', ' '))}\n\n"
            text += markdown_table(
                [
                    {
                        "table": f"[{_title(name)}]({name}.md)",
                        "what it holds": split_caption(known[name])[0],
                        "rows": f"{len(results.rows(name)):,}",
                    }
                    for name in groups[study]
                ]
            )
    return text
