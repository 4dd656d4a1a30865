"""S2TA's energy gain over SA-ZVCG for every assumption on what clock gating stops, at 16 nm.

No source says how much energy a gated element still takes, or whether operand registers are gated.
Both arrays follow the same assumption in each row; the rows together are the band.
"""

import pandas as pd

from workflow.tabling.means import geometric_means
from workflow.tabling.pricing import JUDGED, Pricing, priced_command
from workflow.tabling.versus import CASE, costs, versus
from workflow.variants import overridden

NODE_NM = 16
BASELINE = "sa_zvcg"
GAINS = ["energy_reduction", "energy_reduction_without_dram"]
ASSUMED = ["gating_residual", "gate_operands"]


def s2ta_gating(events: pd.DataFrame, pricing: Pricing = JUDGED) -> pd.DataFrame:
    """Gains on the `dbb` networks per grid point; the network `mean` is their geometric mean."""
    cost = costs(events[events["variant"] != ""], NODE_NM, pricing)
    subject = cost[cost["accelerator"] != BASELINE]
    baseline = cost[cost["accelerator"] == BASELINE]
    joined = versus(subject, baseline, on=[*CASE, "variant"])
    grid = pd.DataFrame(map(overridden, joined["variant"]), joined.index, ASSUMED)
    table = joined.join(grid.astype({"gating_residual": float}))
    keys = ["suite", "activation_source", "layers", "accelerator", *ASSUMED]
    mean = geometric_means(table, keys, GAINS)
    columns = ["suite", "network", *keys[1:], *GAINS]
    order = ["suite", "layers", "accelerator", *ASSUMED]
    return pd.concat([table[columns], mean[columns]]).sort_values(
        order, kind="stable", ignore_index=True
    )


if __name__ == "__main__":
    priced_command(s2ta_gating, __doc__)
