"""The systolic family against SA-ZVCG, network by network: S2TA's own comparison, at 16 nm.

Every array runs the same compressed network (`baseline_scheme` dbb), so that both sides see the
same zeros; a second set of rows lets the baseline run the dense network (`baseline_scheme` dense).
`two_sided_bound` is the most that any array of this size could gain over the baseline on these
zeros. `speedup_equal_fill` lets the baseline fill its array as fast as the other: on small maps
that part of the gain is geometry, not sparsity. The row `mean` of a suite is the geometric mean
over its networks. Energies are on either `basis`.
"""

import pandas as pd

from workflow.tabling.means import geometric_means
from workflow.tabling.pricing import JUDGED, Pricing, on_either_basis, priced_command
from workflow.tabling.versus import CASE, GAINS, costs, versus

NODE_NM = 16
BASELINE = "sa_zvcg"


def s2ta(events: pd.DataFrame, pricing: Pricing = JUDGED) -> pd.DataFrame:
    """Gains of each array on the `dbb` networks over SA-ZVCG on `dbb` and on `dense`."""
    return on_either_basis(lambda each: _gains(events, each), pricing)


def _gains(events: pd.DataFrame, pricing: Pricing) -> pd.DataFrame:
    cost = costs(events, NODE_NM, pricing)
    subject = cost[cost["scheme"] == "dbb"]
    baseline = cost[(cost["accelerator"] == BASELINE) & cost["scheme"].isin(["dbb", "dense"])]
    # the two schemes of one network may differ in where the zeros come from, never in its layers
    joined = versus(subject, baseline, on=[c for c in CASE if c != "weight_source"])
    filled_alike = joined["fill_cycles_per_image"] - joined["fill_cycles_per_image_of_baseline"]
    alike = joined["cycles_per_image_of_baseline"] + filled_alike
    joined["speedup_equal_fill"] = alike / joined["cycles_per_image"]
    columns = ["suite", "network", "activation_source", "layers", "accelerator", "scheme"]
    columns += ["baseline", "baseline_scheme"]
    numbers = [*GAINS, "two_sided_bound", "speedup_equal_fill"]
    numbers += ["cycles_per_image", "energy_pj_per_image"]
    table = joined[[*columns, *numbers]]
    keys = [column for column in columns if column != "network"]
    mean = geometric_means(table, keys, numbers)
    return (
        pd.concat([table, mean[table.columns]])
        .sort_values(["suite", "layers", "baseline_scheme", "accelerator"], kind="stable")
        .reset_index(drop=True)
    )


if __name__ == "__main__":
    priced_command(s2ta, __doc__)
