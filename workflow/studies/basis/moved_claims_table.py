"""What the basis of energy does to every claim on energy: its value and verdict on either.

A claim is judged with the prices of `components` of one library; beside it, setting by setting,
what `mixed` entries give. `primary` marks the setting that decides.
"""

from collections.abc import Iterator

import pandas as pd

from sim.claims import claims as published_claims
from sim.components import BASES
from workflow.studies.claims.bases import BASIS_LABELS
from workflow.tabling.shared import csv_command

SETTING = ["claim", "suite", "conditions"]
KEPT = [*SETTING, "published_low", "published_high"]


def basis_claims(claims: pd.DataFrame) -> pd.DataFrame:
    """One row per claim and setting; a claim that nothing evaluates has one without values.

    Args:
        claims: the table of all claims, a row per setting and basis.
    """
    names = [name for name, claim in published_claims().items() if "basis" in claim.primary]
    on_bases = claims[claims["claim"].isin(names)]
    return pd.DataFrame(
        row
        for _, rows in on_bases.assign(
            conditions=on_bases["conditions"].map(_without_basis)
        ).groupby(SETTING, sort=False)
        for row in _beside(rows)
    )


def _without_basis(conditions: str) -> str:
    for label in BASIS_LABELS.values():
        conditions = conditions.removesuffix(f", {label}")
    return conditions


def _beside(rows: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Both values in one row."""
    by_basis = rows.dropna(subset=["basis"]).set_index("basis")
    row: dict[str, object] = dict(rows.iloc[0][KEPT])
    row["primary"] = bool(rows["primary"].astype(bool).any())
    for name in BASES:
        row[name] = by_basis["here"].get(name)
    if not by_basis.empty:
        row["components_over_mixed"] = by_basis["here"]["components"] / by_basis["here"]["mixed"]
    for name in BASES:
        row[f"verdict_with_{name}"] = by_basis["verdict"].get(name, rows["verdict"].iloc[0])
    yield row


if __name__ == "__main__":
    csv_command(basis_claims, __doc__)
