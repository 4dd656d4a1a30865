import pandas as pd

from workflow.studies.s2ta.sparse_claims import EVALUATORS


def test_one_evaluation_per_mean_view_scheme_and_dram() -> None:
    case = {
        "suite": "digits",
        "activation_source": "measured",
        "layers": "all",
        "node_nm": 65,
        "baseline": "sparten",
        "baseline_scheme": "magnitude",
        "baseline_node_nm": 45,
        "variant": None,  # an empty cell of the table's file
        "energy_reduction": 2.0,
        "energy_reduction_without_dram": 3.0,
    }
    rows = pd.DataFrame(
        [
            {**case, "network": "mean"},
            {**case, "network": "lenet5", "energy_reduction": 9.0},
            {**case, "network": "mean", "baseline": "eyeriss_v2", "energy_reduction": 8.0},
            {**case, "network": "mean", "layers": "no_linear", "energy_reduction": 7.0},
            {**case, "network": "mean", "variant": "clusters=4"},
        ]
    )
    on_mixed = rows.assign(basis="mixed", energy_reduction=rows["energy_reduction"] / 2)
    table = pd.concat([rows.assign(basis="components"), on_mixed])
    values = EVALUATORS["s2ta-energy-vs-sparten"]({"s2ta_sparse": table})
    assert [(entry.value, entry.conditions.split(", ")[-2:]) for entry in values] == [
        (3.0, ["without DRAM", "energies of components"]),
        (2.0, ["with DRAM", "energies of components"]),
        (3.0, ["without DRAM", "energies of mixed entries"]),
        (1.0, ["with DRAM", "energies of mixed entries"]),
    ]
    assert values[1].reason.endswith("with energies of mixed entries 1.00x instead of 2.00x")
    assert values[3].reason.endswith("with energies of components 2.00x instead of 1.00x")
    assert "65 nm against 45 nm" in values[0].conditions
    assert values[0].conditions.startswith("mean of lenet5, ")
    other = EVALUATORS["s2ta-energy-vs-eyeriss-v2"]({"s2ta_sparse": table})
    assert [entry.value for entry in other] == [3.0, 8.0, 3.0, 4.0]
