"""One row per claim: what is published, what is obtained here, the verdict, and why.

`here` and the verdict are those of the claim's primary condition; `band_low` and `band_high` span
the values of all `settings` tried. Accuracy lost is that of the masks behind `here`. Where the
primary condition has modelled zeros that decide nothing, the reason names what trained networks of
the papers' size give instead, with their verdicts.
"""

import pandas as pd

from sim.claims import claims as published_claims
from workflow.studies.claims.verdict import NEEDS_WEIGHTS, NOT_EVALUATED, PAPER_SIZE
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
        "reason": _reason(judged, rows) if decided else NO_PRIMARY,
        "source": judged["source"],
    }


def _reason(judged: pd.Series, rows: pd.DataFrame) -> str:
    """Why the claim stands so, and what measured zeros give where modelled ones decide nothing."""
    if judged["verdict"] != NEEDS_WEIGHTS:
        return str(judged["reason"])
    alike = rows["basis"].fillna("") == ("" if pd.isna(judged["basis"]) else judged["basis"])
    measured = rows[
        alike & (rows["activation_source"] == "measured") & rows["suite"].isin(PAPER_SIZE)
    ]
    values = [
        f"{row['conditions'].split(',')[0]} {row['here']:.3g} ({row['verdict']})"
        for row in measured.to_dict("records")
    ]
    reason = str(judged["reason"])
    return f"{reason}; on measured zeros: {', '.join(values)}" if values else reason


if __name__ == "__main__":
    csv_command(summary, __doc__)
