"""One row per claim: what is published, what is obtained here, the verdict, and why.

`here` and the verdict are those of the claim's primary condition; `band_low` and `band_high` span
the values of all `settings` tried. Accuracy lost is that of the masks behind `here`.
"""

import pandas as pd

from sim.claims import claims as published_claims
from workflow.studies.claims.verdict import NOT_EVALUATED
from workflow.tabling.shared import csv_command

PUBLISHED = ["claim", "system", "metric", "subject", "comparator", "published_network", "unit"]
NO_PRIMARY = "the configuration does not run the setting by which this claim is judged"


def summary(claims: pd.DataFrame) -> pd.DataFrame:
    """The claims in their order, each once."""
    return pd.DataFrame(
        _judged(rows) for _, rows in claims.groupby("claim", sort=False, dropna=False)
    )


def _judged(rows: pd.DataFrame) -> dict[str, object]:
    primary = rows[rows["primary"]]
    judged = (primary if len(primary) else rows).iloc[0]
    standing = published_claims()[judged["claim"]].standing
    decided = len(primary) > 0 or standing is not None or rows["here"].isna().all()
    return {
        **judged[[*PUBLISHED, "published_low", "published_high"]],
        "here": judged["here"] if len(primary) else None,
        "band_low": rows["here"].min(),
        "band_high": rows["here"].max(),
        "settings": int(rows["here"].notna().sum()),
        "verdict": judged["verdict"] if decided else NOT_EVALUATED,
        "suite": judged["suite"] if len(primary) else "-",  # as in the table of all values
        "accuracy_lost_points": judged["accuracy_lost_points"] if len(primary) else None,
        "conditions": judged["conditions"] if len(primary) else None,
        "reason": judged["reason"] if decided else NO_PRIMARY,
        "source": judged["source"],
    }


if __name__ == "__main__":
    csv_command(summary, __doc__)
