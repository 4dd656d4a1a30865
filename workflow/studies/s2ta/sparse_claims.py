"""S2TA's energy per inference against Eyeriss v2 and SparTen."""

from typing import Any

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
    "eyeriss_v2": "the network behind the claim is not stated; the baseline's modelled energy is a "
    "lower bound, no clock, control or network on chip: about half of the chip's on its own "
    "network",
    "sparten": "the network behind the claim is not stated; on chip the baseline's energy is "
    "mostly filter chunks that its units read again for each output position, an assumed "
    "parameter; its joins and control are charged at stated powers, S2TA's control at none",
}


def _means(tables: Tables, baseline: str) -> list[dict[Any, Any]]:
    table = tables["s2ta_sparse"]
    rows = table[
        (table["network"] == "mean")
        & (table["baseline"] == baseline)
        & table["layers"].isin(list(VIEWS))
    ]
    rows = rows.fillna({"variant": ""})
    return rows[rows["variant"].isin(list(VARIANTS))].to_dict("records")


def _against(baseline: str) -> Evaluator:
    def energy(tables: Tables) -> list[Evaluation]:
        return [
            Evaluation(
                row[ratio],
                row["suite"],
                row["activation_source"],
                f"{averaged(tables['s2ta_sparse'], row['suite'])}, {VIEWS[row['layers']]}, "
                f"{row['node_nm']} nm against {row['baseline_node_nm']} nm, "
                f"{SCHEMES[row['baseline_scheme']]}, {VARIANTS[row['variant']]}, {dram} DRAM",
                REASONS[baseline],
                {
                    "network": "mean",
                    "layers": row["layers"],
                    "baseline_scheme": row["baseline_scheme"],
                    "variant": row["variant"],
                    "dram": dram,
                },
                tuple(
                    (row["suite"], network, scheme)
                    for network in averaged_networks(tables["s2ta_sparse"], row["suite"])
                    for scheme in sorted({"dbb", row["baseline_scheme"]})
                ),
            )
            for row in _means(tables, baseline)
            for ratio, dram in DRAM.items()
        ]

    return energy


EVALUATORS: dict[str, Evaluator] = {
    "s2ta-energy-vs-eyeriss-v2": _against("eyeriss_v2"),
    "s2ta-energy-vs-sparten": _against("sparten"),
}
