"""A comparison as one HTML page that needs no network, no script and no other file."""

from collections.abc import Mapping, Sequence
from html import escape
from string import Template

from models.command.text_table import Row, digits
from sim.comparison import NetworkComparison
from sim.network_trace import Provenance
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
<h2>Layer by layer: speedup</h2>
<div class="wide">$layers</div>
</body>
</html>
""")


def page(
    comparison: NetworkComparison, origin: Provenance, headings: Mapping[str, str], explanation: str
) -> str:
    """Write a comparison as one page of HTML.

    Args:
        comparison: what is shown.
        origin: where its zeros come from.
        headings: columns of the table of totals, by key of a row.
        explanation: what speedup and bound mean.
    """
    totals = [cost.row() for cost in comparison.totals]
    return PAGE.substitute(
        network=escape(comparison.network),
        designs=len(totals),
        source=escape(
            f"Scheme {origin.scheme}; weights {origin.weight_source}, activations "
            f"{origin.activation_source}: {origin.data}."
        ),
        explanation=escape(explanation),
        bars=_bars(comparison),
        totals=_table(totals, headings),
        refused=_refused(comparison.refused),
        layers=_layers(comparison),
    )


def _bars(comparison: NetworkComparison) -> str:
    totals = comparison.totals
    bounds = [cost.bound for cost in totals if cost.bound != float("inf")]
    longest = max([cost.speedup for cost in totals] + bounds, default=1.0)
    lines = []
    for cost in totals:
        title = escape(design_title(cost.accelerator))
        bound = ""
        if cost.bound <= longest:
            bound = f'<div class="bound" style="width:{100 * cost.bound / longest:.2f}%"></div>'
        bar = f'<div class="bar" style="width:{100 * cost.speedup / longest:.2f}%"></div>'
        lines.append(
            f'<div>{title}</div><div class="track">{bound}{bar}</div>'
            f"<div>{digits(cost.speedup)}</div>\n"
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
    """A row per layer, a column per design."""
    headings = {"layer": "layer"} | {name: design_title(name) for name in comparison.layers}
    columns = list(comparison.layers.values())
    rows: list[Row] = [
        {"layer": costs[0].layer} | {cost.accelerator: cost.speedup for cost in costs}
        for costs in zip(*columns, strict=True)
    ]
    return _table(rows, headings)
