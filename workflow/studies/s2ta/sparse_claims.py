"""S2TA's energy per inference against Eyeriss v2 and SparTen."""

from typing import Any

from workflow.studies.claims.bases import BASIS_LABELS, BASIS_PAIRS, on_the_other_basis
from workflow.studies.claims.verdict import (
    Evaluation,
    Evaluator,
    Tables,
    averaged,
    averaged_networks,
)

VIEWS = {"all": "all layers", "conv_only": "convolutions without depthwise"}
SCHEMES = {
    "magnitude": "the baseline on the network pruned without structure",
    "dbb": "the baseline on the same dbb network",
}
VARIANTS = {
    "": "as configured",
    "positions_per_filter_chunk=64": "filter chunks kept for 64 output positions",
}
"""The second is the far end of the sweep of the parameter that decides SparTen's energy."""
DRAM = {"energy_reduction_without_dram": "without", "energy_reduction": "with"}
REASONS = {
    "eyeriss_v2": "the network behind the claim is not stated; clocks, control and long wires are "
    "in no design's energy: of what the chip drew on its own network a third is counted with "
    "components, two thirds with mixed entries",
    "sparten": "the network behind the claim is not stated; for how many output positions a filter "
    "chunk is kept is assumed, the band has the far end; the selection logic of both designs is "
    "counted with components, with mixed entries only SparTen's, at its stated powers",
}


def _means(tables: Tables, baseline: str, basis: str) -> list[dict[Any, Any]]:
    table = tables["s2ta_sparse"]
    rows = table[
        (table["network"] == "mean")
        & (table["baseline"] == baseline)
        & (table["basis"] == basis)
        & table["layers"].isin(list(VIEWS))
    ]
    rows = rows.fillna({"variant": ""})
    return rows[rows["variant"].isin(list(VARIANTS))].to_dict("records")


def _against(baseline: str) -> Evaluator:
    def energy(tables: Tables) -> list[Evaluation]:
        return [
            Evaluation(
                value=row[ratio],
                suite=row["suite"],
                activation_source=row["activation_source"],
                conditions=(
                    f"{averaged(tables['s2ta_sparse'], row['suite'])}, {VIEWS[row['layers']]}, "
                    f"{row['node_nm']} nm against {row['baseline_node_nm']} nm, "
                    f"{SCHEMES[row['baseline_scheme']]}, {VARIANTS[row['variant']]}, {dram} DRAM, "
                    f"{BASIS_LABELS[basis]}"
                ),
                reason=(
                    f"{REASONS[baseline]}; {on_the_other_basis(row[ratio], other[ratio], basis)}"
                ),
                setting={
                    "network": "mean",
                    "layers": row["layers"],
                    "baseline_scheme": row["baseline_scheme"],
                    "variant": row["variant"],
                    "dram": dram,
                    "basis": basis,
                },
                masks=tuple(
                    (row["suite"], network, scheme)
                    for network in averaged_networks(tables["s2ta_sparse"], row["suite"])
                    for scheme in sorted({"dbb", row["baseline_scheme"]})
                ),
            )
            for basis, alternative in BASIS_PAIRS
            for row, other in zip(
                _means(tables, baseline, basis), _means(tables, baseline, alternative), strict=True
            )
            for ratio, dram in DRAM.items()
        ]

    return energy


EVALUATORS: dict[str, Evaluator] = {
    "s2ta-energy-vs-eyeriss-v2": _against("eyeriss_v2"),
    "s2ta-energy-vs-sparten": _against("sparten"),
}
