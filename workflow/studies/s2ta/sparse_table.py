"""S2TA-AW against Eyeriss v2 and SparTen: energy per inference, each at its own node.

S2TA's abstract compares its 65 nm with Eyeriss v2's 65 nm and SparTen's 45 nm. Ratios are energy of
the baseline over that of S2TA-AW, with and without DRAM, on either `basis`. S2TA-AW runs the `dbb`
network. The others run the network pruned without structure (`baseline_scheme` magnitude), which
is what they are built for, and the same `dbb` network. `variant` names the one assumed parameter
of theirs that differs from the configuration. The row `mean` of a suite is the geometric mean of
the ratios over its networks.
"""

import pandas as pd

from workflow.tabling.means import geometric_means
from workflow.tabling.pricing import JUDGED, Pricing, on_either_basis, priced_command
from workflow.tabling.versus import CASE, costs, versus

SUBJECT, SUBJECT_NODE_NM = "s2ta_aw", 65
BASELINE_NODES_NM = {"eyeriss_v2": 65, "sparten": 45}
SCHEMES = ["magnitude", "dbb"]
RATIOS = ["energy_reduction", "energy_reduction_without_dram"]
ENERGIES = ["energy_pj_per_image", "energy_without_dram_pj_per_image"]
PAIR = [
    "suite",
    "network",
    "activation_source",
    "layers",
    "accelerator",
    "node_nm",
    "baseline",
    "baseline_scheme",
    "baseline_node_nm",
    "variant",
]


def s2ta_sparse(events: pd.DataFrame, pricing: Pricing = JUDGED) -> pd.DataFrame:
    """Energy of each baseline over that of S2TA-AW, with and without DRAM."""
    return on_either_basis(lambda each: _against(events, each), pricing)


def _against(events: pd.DataFrame, pricing: Pricing) -> pd.DataFrame:
    subject = costs(events[events["accelerator"] == SUBJECT], SUBJECT_NODE_NM, pricing)
    subject = subject[subject["scheme"] == "dbb"].assign(node_nm=SUBJECT_NODE_NM)
    subject = subject.drop(columns="variant")
    against = []
    for name, node_nm in BASELINE_NODES_NM.items():
        baseline = costs(events[events["accelerator"] == name], node_nm, pricing)
        baseline = baseline[baseline["scheme"].isin(SCHEMES)].assign(baseline_node_nm=node_nm)
        # schemes may differ in where their weights come from, never in a network's layers
        against.append(versus(subject, baseline, on=[c for c in CASE if c != "weight_source"]))
    joined = pd.concat(against, ignore_index=True)
    of_baseline = [f"{column}_of_baseline" for column in ENERGIES]
    table = joined[[*PAIR, *RATIOS, *ENERGIES, *of_baseline]]
    keys = [column for column in PAIR if column != "network"]
    mean = geometric_means(table, keys, RATIOS)
    return (
        pd.concat([table, mean])
        .sort_values(["suite", "layers", "baseline", "baseline_scheme", "variant"], kind="stable")
        .reset_index(drop=True)
    )


if __name__ == "__main__":
    priced_command(s2ta_sparse, __doc__)
