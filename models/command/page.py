"""A comparison as one HTML page that needs no network, no script and no other file."""

from collections.abc import Mapping, Sequence
from html import escape
from string import Template

from models.command.text_table import Row, digits
from models.command.totals import total_headings, total_rows
from sim.comparison import NetworkComparison
from sim.network_trace import IN_WORDS
from sim.registry import design_title

PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$network on $designs designs</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: .15rem .7rem; text-align: right; white-space: nowrap; }
th { border-bottom: 1px solid #888; }
td:first-child, th:first-child { text-align: left; }
.bars { display: grid; gap: .3rem; grid-template-columns: max-content 1fr max-content; }
.track { position: relative; }
.bar { background: #4477aa; height: 100%; }
.bound { border-right: 2px solid #222; height: 100%; position: absolute; top: 0; }
</style>
</head>
<body>
<h1>$network</h1>
<p>$source</p>
<h2>Speedup</h2>
<p>$explanation The dark line is the bound.</p>
<div class="bars" role="img" aria-label="Speedup of each design, also in the table below">
$bars</div>
<h2>All layers together</h2>
<div class="wide">$totals</div>
$refused
$layers</body>
</html>
""")


def page(comparison: NetworkComparison, explanation: str) -> str:
    """Write a comparison as one page of HTML.

    Args:
        comparison: what is shown.
        explanation: what speedup and bound mean.
    """
    origins = [
        f"Scheme {origin.scheme}; weights {origin.weight_source}, activations "
        f"{origin.activation_source}: {origin.data}."
        for origin in (form.provenance for form in comparison.forms)
    ]
    return PAGE.substitute(
        network=escape(comparison.network),
        designs=len(comparison.layers),
        source="<br>\n".join(map(escape, origins)),
        explanation=escape(explanation),
        bars=_bars(comparison),
        totals=_table(total_rows(comparison), total_headings(comparison)),
        refused=_refused(comparison.refused),
        layers="".join(map(_layers, comparison.forms)),
    )


def _bars(comparison: NetworkComparison) -> str:
    """A bar for each design; with both kinds of numbers one below the other."""
    rows = total_rows(comparison)
    speedups = [float(row["speedup_over_ideal_dense"]) for row in rows]
    bounds = [float(row["bound_speedup"]) for row in rows]
    longest = max([*speedups, *(bound for bound in bounds if bound != float("inf"))], default=1.0)
    lines = []
    for row, speedup, limit in zip(rows, speedups, bounds, strict=True):
        title = escape(design_title(str(row["accelerator"])))
        if comparison.other is not None:
            title += f" ({row['numbers']})"
        bound = ""
        if limit <= longest:
            bound = f'<div class="bound" style="width:{100 * limit / longest:.2f}%"></div>'
        bar = f'<div class="bar" style="width:{100 * speedup / longest:.2f}%"></div>'
        lines.append(
            f'<div>{title}</div><div class="track">{bound}{bar}</div><div>{digits(speedup)}</div>\n'
        )
    return "".join(lines)


def _table(rows: Sequence[Row], headings: Mapping[str, str]) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings.values())
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(digits(row[key]))}</td>" for key in headings) + "</tr>\n"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"


def _refused(refused: Mapping[str, str]) -> str:
    if not refused:
        return ""
    items = "".join(
        f"<li>{escape(design_title(name))}: {escape(reason)}</li>"
        for name, reason in refused.items()
    )
    return f"<h2>Not run</h2><ul>{items}</ul>"


def _layers(comparison: NetworkComparison) -> str:
    """A table with a row per layer, a column per design, under a heading."""
    headings = {"layer": "layer"} | {name: design_title(name) for name in comparison.layers}
    columns = list(comparison.layers.values())
    rows: list[Row] = [
        {"layer": costs[0].layer} | {cost.accelerator: cost.speedup for cost in costs}
        for costs in zip(*columns, strict=True)
    ]
    title = f"Layer by layer: speedup on zeros of {IN_WORDS[comparison.numbers]} numbers"
    return f'<h2>{title}</h2>\n<div class="wide">{_table(rows, headings)}</div>\n'
