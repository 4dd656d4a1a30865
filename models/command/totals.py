"""What a comparison's table of totals shows, on a terminal and on a page."""

import math
from collections.abc import Mapping

from models.command.text_table import Row, digits
from sim.comparison import NetworkComparison
from sim.network_trace import IN_WORDS

TOTALS = {
    "accelerator": "design",
    "multipliers": "multipliers",
    "cycles_per_image": "cycles/image",
    "speedup_over_ideal_dense": "speedup",
    "bound_speedup": "bound",
    "utilisation": "utilisation",
    "dram_bytes_per_image": "DRAM bytes/image",
    "energy_nj_per_image": "energy nJ/image",
}


def total_headings(comparison: NetworkComparison) -> Mapping[str, str]:
    """Columns by key of a row; the numbers are named where there are two kinds."""
    if comparison.other is None:
        return TOTALS
    first, *rest = TOTALS.items()
    return dict([first, ("numbers", "zeros of"), *rest])


def total_rows(comparison: NetworkComparison) -> list[Row]:
    """A row for each design and kind of numbers, those of a design below each other."""
    forms = comparison.forms
    return [
        {**cost.row(), "numbers": IN_WORDS[form.numbers]}
        for name in dict.fromkeys(name for form in forms for name in form.layers)
        for form in forms
        for cost in form.totals
        if cost.accelerator == name
    ]


def zeros_in_words(comparison: NetworkComparison) -> str:
    """The shares of zeros of all layers, for both kinds of numbers where they were recorded."""
    shares = comparison.zeros[-1]
    operands = {"weight": "weights", "activation": "inputs of layers"}
    parts = []
    for operand, words in operands.items():
        values = {name: shares[f"{operand}_zeros_{numbers}"] for numbers, name in IN_WORDS.items()}
        listed = [f"{digits(v)} as {k} numbers" for k, v in values.items() if not math.isnan(v)]
        parts.append(f"{words} {', '.join(listed)}")
    return f"Zeros: {'; '.join(parts)}."
