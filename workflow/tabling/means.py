"""Means of ratios over networks: geometric, so that they do not depend on which side divides."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

MEAN = "mean"


def geometric_mean(values: pd.Series) -> float:
    """Geometric mean of positive numbers; missing values are left out."""
    return float(np.exp(np.log(values).mean()))


def geometric_means(
    table: pd.DataFrame, keys: Sequence[str], numbers: Sequence[str]
) -> pd.DataFrame:
    """Geometric mean of each number over the rows with equal keys; missing values are left out.

    Returns:
        Keys, numbers and the column `network`, which says that a row is a mean.
    """
    with np.errstate(divide="ignore"):
        logarithms = table[list(keys)].join(table[list(numbers)].astype(float).map(np.log))
    grouped = logarithms.groupby(list(keys), sort=False)[list(numbers)]
    means: pd.DataFrame = grouped.mean().map(np.exp)
    return means.reset_index().assign(network=MEAN)
