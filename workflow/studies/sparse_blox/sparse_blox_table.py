"""Sparse-Blox against the same array or vector unit without a zero map: cycles, energy and bytes.

Both sides run the same trace, the zeros of the network's own block maps among them, each pair of
configurations as it stands. Gains are baseline over subject, so that a saved fifth of the cycles is
1.25.
"""

import pandas as pd

from sim.accelerators.sparse_blox.baselines import BASELINES
from workflow.tabling.pricing import JUDGED, Pricing, priced_command
from workflow.tabling.versus import CASE, GAINS, costs, versus
from workflow.variants import parameter_and_value

NODE_NM = 16
RUN = ["suite", "network", "scheme"]
COLUMNS = [*CASE, "scheme", "accelerator", "parameter", "value", *GAINS, "two_sided_bound"]
COSTS = [
    f"{quantity}{side}"
    for quantity in ("cycles_per_image", "energy_pj_per_image", "dram_bytes_per_image")
    for side in ("", "_of_baseline")
]


def gains(events: pd.DataFrame, pricing: Pricing = JUDGED) -> pd.DataFrame:
    """One row per run, design, variant and view of the layers; every gain is baseline over subject.

    A variant is compared with the same variant of the baseline, or with the baseline as it stands
    where that lacks the parameter.
    """
    return pd.concat(
        [
            _against(run, subject, variant, pricing)
            for _, run in events.groupby(RUN, sort=False)
            for subject in BASELINES
            for variant in run.loc[run["accelerator"] == subject, "variant"].unique()
        ],
        ignore_index=True,
    )


def _against(events: pd.DataFrame, subject: str, variant: str, pricing: Pricing) -> pd.DataFrame:
    def side(name: str) -> pd.DataFrame:
        rows = events[events["accelerator"] == name]
        known = variant if variant in set(rows["variant"]) else ""
        return costs(rows[rows["variant"] == known].reset_index(drop=True), NODE_NM, pricing)

    table = versus(side(subject), side(BASELINES[subject]), on=CASE)
    labels = parameter_and_value(pd.Series(variant, table.index))
    return table.join(labels)[[*COLUMNS, *COSTS]]


def as_configured(events: pd.DataFrame, pricing: Pricing = JUDGED) -> pd.DataFrame:
    """The gains of designs that nothing is varied of."""
    return gains(events, pricing).drop(columns=["parameter", "value"])


if __name__ == "__main__":
    priced_command(as_configured, __doc__)
