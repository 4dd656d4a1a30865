"""S2TA's claims, from the tables of the systolic family."""

from typing import Any

from workflow.studies.claims.bases import BASIS_LABELS, BASIS_PAIRS, on_the_other_basis
from workflow.studies.claims.verdict import (
    Evaluation,
    Evaluator,
    Tables,
    averaged,
    averaged_networks,
)
from workflow.tabling.pricing import JUDGED

CONDITIONS = {
    "all": "all layers, FC at batch 1 without a DRAM limit",
    "no_depthwise": "without depthwise layers",
    "no_linear": "without FC layers",
    "conv_only": "convolutions without depthwise",
}


SPEEDUP_REASON = (
    "the gain is close to 8 over the kept activations per block of 8; layers that are left dense, "
    "edge tiles and depthwise layers take their share"
)
SMALL_MAPS = "; on these small maps part of it is geometry: with equal fill it is {:.2f}x"
MODELLED = "; how many activations may be dropped is assumed here, no trained weights say it"
DRAM = {"without": "energy_reduction_without_dram", "with": "energy_reduction"}


def _means(tables: Tables, basis: str = JUDGED.basis) -> list[dict[Any, Any]]:
    table = tables["s2ta"]
    rows = table[
        (table["network"] == "mean")
        & (table["accelerator"] == "s2ta_aw")
        & (table["baseline_scheme"] == "dbb")
        & (table["basis"] == basis)
    ]
    return rows.to_dict("records")


def _masks(tables: Tables, suite: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((suite, name, "dbb") for name in averaged_networks(tables["s2ta"], suite))


def _geometry(row: dict[Any, Any]) -> str:
    if row["activation_source"] != "measured":
        return MODELLED
    return SMALL_MAPS.format(row["speedup_equal_fill"])


def speedup(tables: Tables) -> list[Evaluation]:
    """Mean speedup of S2TA-AW over SA-ZVCG, both on the same DBB-pruned networks."""
    return [
        Evaluation(
            value=row["speedup"],
            suite=row["suite"],
            activation_source=row["activation_source"],
            conditions=(
                f"{averaged(tables['s2ta'], row['suite'])}, {CONDITIONS[row['layers']]}, "
                "equal multipliers, clock"
            ),
            reason=SPEEDUP_REASON + _geometry(row),
            setting={"network": "mean", "layers": row["layers"]},
            masks=_masks(tables, row["suite"]),
        )
        for row in _means(tables)
    ]


def energy(tables: Tables) -> list[Evaluation]:
    """Mean energy of SA-ZVCG over S2TA-AW at 16 nm, with and without DRAM, on either basis."""
    return [
        Evaluation(
            value=row[column],
            suite=row["suite"],
            activation_source=row["activation_source"],
            conditions=(
                f"{averaged(tables['s2ta'], row['suite'])}, {CONDITIONS[row['layers']]}, 16 nm, "
                f"{dram} DRAM, {BASIS_LABELS[row['basis']]}"
            ),
            reason=(
                "depends on what the baseline's clock gating is assumed to stop; the table "
                "s2ta_gating gives the band; "
                f"{on_the_other_basis(row[column], other[column], basis)}"
            ),
            setting={"network": "mean", "layers": row["layers"], "dram": dram, "basis": basis},
            masks=_masks(tables, row["suite"]),
        )
        for basis, alternative in BASIS_PAIRS
        for row, other in zip(_means(tables, basis), _means(tables, alternative), strict=True)
        for dram, column in DRAM.items()
    ]


EVALUATORS: dict[str, Evaluator] = {"s2ta-speedup": speedup, "s2ta-energy": energy}
