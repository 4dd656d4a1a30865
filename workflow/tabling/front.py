"""Which designs no other beats in both speed and energy."""

import pandas as pd


def pareto_front(rows: pd.DataFrame, speed: str, energy: str) -> pd.DataFrame:
    """The rows that no other row beats: faster at no more energy, or as fast with less.

    Args:
        rows: one per design; a row without energy is on no front.
        speed: column that is to be large.
        energy: column that is to be small.
    """
    priced = rows.dropna(subset=[energy])
    ordered = priced.sort_values([speed, energy], ascending=[False, True], kind="stable")
    best = ordered[energy].astype(float).cummin().shift(fill_value=float("inf"))
    return ordered[ordered[energy] < best]
