"""The claims board: one row per published claim, with what is obtained here, verdict and reason."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from workflow.site.columns import digits
from workflow.site.results import ResultFolder, Row

VERDICTS = {
    "reproduced within 10 %": ("reproduced", "reproduces within 10 %", "reproduce within 10 %"),
    "same direction": ("direction", "goes in the same direction", "go in the same direction"),
    "not reproduced": ("missed", "does not reproduce", "do not reproduce"),
    "by construction": ("neutral", "holds by construction", "hold by construction"),
    "no verdict": ("neutral", "allows no verdict", "allow no verdict"),
    "comparator not modelled": (
        "neutral",
        "compares with a design that is not modelled",
        "compare with a design that is not modelled",
    ),
    "needs trained weights": (
        "neutral",
        "needs trained weights of that size",
        "need trained weights of that size",
    ),
    "outside the model": ("neutral", "lies outside the model", "lie outside the model"),
    "not evaluated": ("neutral", "was not evaluated", "were not evaluated"),
}
"""Per verdict, in order: its class on the page, and a sentence's words for one and for several."""
DECIDED = 3
"""How many of them, from the first, say whether a claim holds."""


def outcome(results: ResultFolder) -> str:
    """One sentence that counts the verdicts; that no claim reproduces is said as well."""
    counts = Counter(row["verdict"] for row in results.rows("claims_summary"))
    parts = [
        f"{counts[verdict]} {single if counts[verdict] == 1 else several}"
        for verdict, (_, single, several) in VERDICTS.items()
        if counts[verdict]
    ]
    best, (_, single, _) = next(iter(VERDICTS.items()))
    if not counts[best]:
        parts.insert(0, f"none {single}")
    parts += [f"{counts[verdict]} {verdict}" for verdict in counts if verdict not in VERDICTS]
    listed = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return f"Of {sum(counts.values())} published claims, {listed}."


def decided(results: ResultFolder) -> str:
    """The claims that hold and those that do not, as HTML, the best first."""
    order = list(VERDICTS)[:DECIDED]
    rows = [row for row in results.rows("claims_summary") if row["verdict"] in order]
    rows.sort(key=lambda row: order.index(row["verdict"]))
    return _table(
        {
            "claim": escape(_statement(row)),
            "published": escape(published(row)),
            "here": _value(row),
            "verdict": _verdict(row["verdict"]),
        }
        for row in rows
    )


def board(results: ResultFolder) -> str:
    """All claims with their filters, as HTML."""
    rows = results.rows("claims_summary")
    return (
        f'<div class="board">\n{_filters(rows)}\n{claims_list(rows)}</div>\n'
        '<script src="assets/board.js"></script>\n'
    )


def _filters(rows: Sequence[Row]) -> str:
    systems = sorted({row["system"] for row in rows})
    verdicts = [verdict for verdict in VERDICTS if any(row["verdict"] == verdict for row in rows)]
    return (
        '<p class="filters">'
        f"{_choice('system', 'all systems', systems)}{_choice('verdict', 'all verdicts', verdicts)}"
        f'<span data-count aria-live="polite">{len(rows)} claims</span></p>'
    )


def _choice(name: str, everything: str, values: Sequence[str]) -> str:
    options = "".join(f"<option>{escape(value)}</option>" for value in values)
    return (
        f'<label>{name} <select name="{name}"><option value="">{everything}</option>'
        f"{options}</select></label> "
    )


def claims_list(rows: Sequence[Row], *, system: bool = True) -> str:
    """Claims as HTML, each with its conditions folded away.

    Args:
        rows: of the table claims_summary.
        system: whether each row names its system.
    """
    cells = [
        ({"system": escape(row["system"])} if system else {})
        | {
            "claim": f"{escape(_statement(row))}{_conditions(row)}",
            "published": escape(published(row)),
            "here": _here(row),
            "verdict": _verdict(row["verdict"]),
            "why": escape(row["reason"]),
        }
        for row in rows
    ]
    return _table(cells, list(map(_marks, rows)))


def _table(rows: Iterable[Mapping[str, str]], marks: Sequence[str] = ()) -> str:
    """Rows of HTML as a table that stacks its cells on a narrow screen, each with its label."""
    rows = list(rows)
    if not rows:
        return ""
    head = "".join(f"<th>{heading}</th>" for heading in rows[0])
    body = "\n".join(
        f"<tr{mark}>"
        + "".join(f'<td data-label="{name}">{text}</td>' for name, text in cells.items())
        + "</tr>"
        for cells, mark in zip(rows, marks or [""] * len(rows), strict=True)
    )
    return (
        f'<table class="claims"><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>\n'
    )


def _marks(row: Row) -> str:
    """What filters and links find a claim's row by."""
    return (
        f' id="{escape(row["claim"])}" data-system="{escape(row["system"])}" '
        f'data-verdict="{escape(row["verdict"])}"'
    )


def _verdict(verdict: str) -> str:
    kind = VERDICTS.get(verdict, ("neutral", "", ""))[0]
    return f'<span class="verdict {kind}">{escape(verdict)}</span>'


def _statement(row: Row) -> str:
    """What is claimed, in words: metric, comparator, networks."""
    over = f" over {row['comparator']}" if row["comparator"] else ""
    networks = row["published_network"].replace(" (size not stated)", ", size not stated")
    if networks == "not stated":
        networks = "network not stated"
    return f"{row['subject']}: {row['metric']}{over}{f' ({networks})' if networks else ''}"


def published(row: Row) -> str:
    """The published value or range with its unit, e.g. "more than 2 x"."""
    low, high, unit = row["published_low"], row["published_high"], row["unit"]
    if low and not high:
        return f"more than {digits(float(low))} {unit}"
    if not low:
        return f"{digits(float(high))} {unit}" if high else "-"
    return f"{_span(low, high)} {unit}"


def _span(low: str, high: str) -> str:
    first, last = digits(float(low)), digits(float(high))
    return first if first == last else f"{first} to {last}"


def _here(row: Row) -> str:
    if not row["here"]:
        return "-"
    text = _value(row)
    if row["band_low"] and int(row["settings"] or 0) > 1:
        band = f"{_span(row['band_low'], row['band_high'])} in {row['settings']} settings"
        text += f" <small>({band})</small>"
    return text


def _value(row: Row) -> str:
    return f"<strong>{digits(float(row['here']))}</strong> {escape(row['unit'])}"


def _conditions(row: Row) -> str:
    lost = row["accuracy_lost_points"]
    parts = {
        "Setting": row["conditions"],
        "Accuracy lost": f"{digits(float(lost))} percentage points" if lost else "",
        "Source": row["source"],
        "Name in the tables": row["claim"],
    }
    said = "".join(f"<dt>{key}</dt><dd>{escape(text)}</dd>" for key, text in parts.items() if text)
    return f"<details><summary>conditions</summary><dl>{said}</dl></details>"
