"""Phantom's four ratios, from the table `phantom`."""

from collections.abc import Sequence

from workflow.studies.claims.verdict import Evaluation, Evaluator, Tables

NETWORKS = ("vgg16", "mobilenet_v1")
"""The networks that the abstract names."""
VIEWS = {"all": "all layers", "no_linear": "without FC layers"}
NAMES = {
    "dense_ideal": "an ideal dense array",
    "dense_mapped": "a dense array with edge losses",
    "scnn": "SCNN",
    "sparten": "SparTen with GB-H",
    "sparten_no_balancing": "SparTen without balancing",
    "eyeriss_v2": "Eyeriss v2",
}


def against(baselines: Sequence[str]) -> Evaluator:
    """Speedup over each of these baselines, both run at the same size, for each network named."""

    def evaluate(tables: Tables) -> list[Evaluation]:
        table = tables["phantom"]
        rows = table[
            (table["accelerator"] == "phantom_2d")
            & table["baseline"].isin(baselines)
            & table["network"].isin(NETWORKS)
            & table["layers"].isin(VIEWS)
        ].dropna(subset=["speedup_equal_multipliers"])
        return [
            Evaluation(
                value=row["speedup_equal_multipliers"],
                suite=row["suite"],
                activation_source=row["activation_source"],
                conditions=(
                    f"{row['network']}, {VIEWS[row['layers']]}, over {NAMES[row['baseline']]}, "
                    "magnitude pruning, both run with about 1024 multipliers on the common footing"
                ),
                reason=(
                    f"on these zeros no design that skips them in both operands can exceed "
                    f"{row['headroom']:.2f}x over this baseline; the reconstruction uses "
                    f"{row['utilisation']:.0%} of its multipliers. Densities, baseline sizes and "
                    "averaging behind the published ratio are not known"
                ),
                setting={
                    "network": row["network"],
                    "layers": row["layers"],
                    "baseline": row["baseline"],
                },
                masks=((row["suite"], row["network"], "magnitude"),),
            )
            for row in rows.to_dict("records")
        ]

    return evaluate


EVALUATORS: dict[str, Evaluator] = {
    "phantom-vs-dense": against(("dense_ideal", "dense_mapped")),
    "phantom-vs-scnn": against(("scnn",)),
    "phantom-vs-sparten": against(("sparten", "sparten_no_balancing")),
    "phantom-vs-eyeriss-v2": against(("eyeriss_v2",)),
}
