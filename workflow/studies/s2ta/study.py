"""S2TA (HPCA 2022), the systolic arrays and the sparse designs that its abstract compares with."""

from workflow.plan.plan import Plan
from workflow.plan.products import Claims, Figure, Study, Table

ARRAYS = ["sa", "sa_zvcg", "sa_smt", "s2ta_w", "s2ta_aw"]


def study(plan: Plan) -> Study:
    """The comparison among arrays, where a configuration has them and pruned networks."""
    layout, prices = plan.layout, plan.comparison.prices()
    sparse = Table(
        "s2ta_sparse",
        "sparse_table",
        [
            *layout.events(["s2ta_aw"], schemes=["dbb"]),
            *layout.swept(["eyeriss_v2", "sparten"], schemes=["dbb", "magnitude"]),
        ],
        prices,
    )
    sparse_claims = Claims("sparse_claims", ["s2ta_sparse"])
    compared = set(ARRAYS) <= set(plan.config["accelerators"])
    if not (compared and layout.runs(schemes=["dbb"])):
        return Study("S2TA", [sparse], claims=[sparse_claims])
    tables = [Table("s2ta", "s2ta_table", layout.events(ARRAYS, schemes=["dbb", "dense"]), prices)]
    figures = [
        Figure("s2ta_speedup", "speedup_figure", ["s2ta", "claims"]),
        Figure("s2ta_energy", "energy_figure", ["energy", "claims"]),
        Figure("s2ta_traffic", "traffic_figure", ["traffic"]),
    ]
    if "s2ta_gating" in plan.config.get("sweeps", {}):
        points = plan.sweeps.points(["s2ta_gating"])
        tables.append(Table("s2ta_gating", "gating_table", points, prices))
        figures.append(Figure("s2ta_gating", "gating_figure", ["s2ta_gating", "claims"]))
    return Study(
        "S2TA",
        [*tables, sparse],
        figures,
        [Claims("claims", ["s2ta"]), sparse_claims],
    )
