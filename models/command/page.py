"""A comparison as one HTML page that needs no network, no script and no other file."""

from collections.abc import Mapping, Sequence
from html import escape
from string import Template

from models.command.text_table import Row, digits
from models.command.totals import total_headings, total_rows
from sim.comparison import NetworkComparison
from sim.network_trace import IN_WORDS
from sim.registry import design_title
from sim.styles import design_style

PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$network on $designs designs</title>
<style>
body { background: #fff; color: #222; font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto;
  max-width: 80rem; overflow-wrap: anywhere; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { overflow-wrap: normal; padding: .15rem .6rem; text-align: right;
  white-space: nowrap; }
th { border-bottom: 1px solid #888; }
td:first-child, th:first-child { background: #fff; left: 0; max-width: 16rem; min-width: 8rem;
  overflow-wrap: anywhere; position: sticky; text-align: left; white-space: normal; }
.bars { align-items: center; display: grid; gap: .4rem .8rem;
  grid-template-columns: max-content 1fr; }
.line { align-items: center; display: grid; font-size: .9rem; gap: .5rem;
  grid-template-columns: 1fr 6rem; }
.track { height: 1rem; position: relative; }
.bar { border: 2px solid; box-sizing: border-box; height: 100%; }
.hollow { background: none !important; }
.bound { border-right: 2px solid #222; box-sizing: border-box; height: 100%;
  position: absolute; top: 0; }
@media (max-width: 40rem) {
  body { margin: 1rem auto; }
  .bars { gap: 0; grid-template-columns: 1fr; }
  .bars .line:last-child { margin-bottom: .5rem; }
}
</style>
</head>
<body>
<h1>$network</h1>
<p>$source</p>
<h2>Speedup</h2>
<p>$explanation The dark line is the bound.$fillings</p>
<div class="bars" role="img" aria-label="Speedup of each design, also in the table below">
$bars</div>
<h2>All layers together</h2>
<div class="wide">$totals</div>
$refused
$layers</body>
</html>
""")

LENGTHS = ("speedup_over_ideal_dense", "bound_speedup")
"""Of a row of totals, what the figure draws."""


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
        fillings=_fillings(comparison),
        bars=_bars(comparison),
        totals=_table(total_rows(comparison), total_headings(comparison)),
        refused=_refused(comparison.refused),
        layers="".join(map(_layers, comparison.forms)),
    )


def _fillings(comparison: NetworkComparison) -> str:
    """Which bars are filled, where there are two kinds."""
    if comparison.other is None:
        return ""
    first, second = (IN_WORDS[form.numbers] for form in comparison.forms)
    return f" Filled bars: zeros of {first} numbers; hollow ones: of {second} numbers."


def _bars(comparison: NetworkComparison) -> str:
    """A bar in its colour for each design; with both kinds of numbers one below the other."""
    rows = total_rows(comparison)
    finite = [float(row[key]) for row in rows for key in LENGTHS if row[key] != float("inf")]
    longest, named = max(finite, default=1.0), comparison.other is not None
    lines: dict[str, str] = {}
    for row in rows:
        name = str(row["accelerator"])
        hollow = row["numbers"] != IN_WORDS[comparison.numbers]
        line = _line(row, longest, design_style(name).colour, hollow=hollow, named=named)
        lines[name] = lines.get(name, "") + line
    return "".join(
        f"<div>{escape(design_title(name))}</div><div>\n{bars}</div>\n"
        for name, bars in lines.items()
    )


def _line(row: Row, longest: float, colour: str, *, hollow: bool, named: bool) -> str:
    """The bar of a speedup with its bound, and the number, with the kind of zeros if `named`."""
    speedup, limit = (float(row[key]) for key in LENGTHS)
    bound = ""
    if limit <= longest:
        bound = f'<div class="bound" style="width:{100 * limit / longest:.2f}%"></div>'
    look = f"width:{100 * speedup / longest:.2f}%;background:{colour};border-color:{colour}"
    bar = f'<div class="{"bar hollow" if hollow else "bar"}" style="{look}"></div>'
    words = f"{digits(speedup)} {row['numbers']}" if named else digits(speedup)
    return f'<div class="line"><div class="track">{bound}{bar}</div><span>{words}</span></div>\n'


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
