"""Prints the model beside the chip's published tables, layer by layer.

Usage: python -m sim.accelerators.eyeriss.check
"""

from collections.abc import Mapping as Table
from typing import Any

import pandas as pd

from sim.accelerators.eyeriss.mapping import Mapping, cost
from sim.accelerators.eyeriss.model import Eyeriss
from sim.accelerators.eyeriss.published import BATCH, published, published_traces
from sim.registry import accelerator
from sim.trace import LayerTrace

MAPPING = {
    "filters": "m",
    "images": "n",
    "output_rows": "e",
    "pe_filters": "p",
    "pe_channels": "q",
    "channel_sets": "r",
    "filter_sets": "t",
}
"""The table's columns by what they are called here."""
QUANTITIES = ("dram_mb", "buffer_mib", "processing_ms")


def published_mapping(row: Table[Any, Any]) -> Mapping | None:
    """The mapping of Table III, or None where the paper has none."""
    if "m" not in row:
        return None
    return Mapping(**{name: int(row[column]) for name, column in MAPPING.items()})


def compared(network: str, seed: int = 0) -> pd.DataFrame:
    """Measured and modelled values of each layer; `*_error` is modelled / measured - 1.

    Columns `chosen_*` use the mapping of the search, `published_*` that of Table III.
    """
    model = accelerator("eyeriss", batch=BATCH[network])
    if not isinstance(model, Eyeriss):
        raise TypeError("configuration eyeriss is not of class Eyeriss")
    table = published(network)
    rows: list[dict[str, Any]] = []
    for measured, trace in zip(
        table.to_dict("records"), published_traces(network, seed), strict=True
    ):
        mappings = {"chosen": model.mapping(trace), "published": published_mapping(measured)}
        row: dict[str, Any] = {str(name): value for name, value in measured.items()}
        for kind, mapping in mappings.items():
            for name, value in _values(model, trace, mapping).items():
                row |= {f"{kind}_{name}": value, f"{kind}_{name}_error": value / row[name] - 1}
        rows.append(row)
    return pd.DataFrame(rows)


def _values(model: Eyeriss, trace: LayerTrace, mapping: Mapping | None) -> dict[str, float]:
    if mapping is None:
        return {}
    work = model.workload(trace)
    spent = cost(trace.layer, model.hardware, work, mapping)
    events = model.events(trace, work, spent)
    return {
        "dram_mb": events.dram_bytes / 1e6,
        "buffer_mib": spent.buffer_bytes / 2**20,
        "processing_ms": events.cycles / (1000 * model.frequency_mhz),
    }


def totals(table: pd.DataFrame) -> pd.DataFrame:
    """Sum over the layers: measured, modelled, error; one row per quantity and mapping."""
    return pd.DataFrame(
        {
            "quantity": name,
            "mapping": kind,
            "measured": table[name].sum(),
            "modelled": table[f"{kind}_{name}"].sum(),
            "error": table[f"{kind}_{name}"].sum() / table[name].sum() - 1,
        }
        for kind in ("chosen", "published")
        for name in QUANTITIES
        if f"{kind}_{name}" in table
    )


def main() -> None:
    """Print the comparison of both networks."""
    for network, batch in BATCH.items():
        table = compared(network)
        columns = ["layer", *(c for c in table if str(c).startswith(("chosen", "published")))]
        print(f"{network}, batch of {batch}")
        print(table[columns].round(3).T.to_string(header=False))
        print(totals(table).round(3).to_string(index=False), end="\n\n")


if __name__ == "__main__":
    main()
