"""Phantom-2D and the designs it is measured against, on magnitude-pruned networks."""

from sim.registry import configurations
from workflow.plan.plan import Plan
from workflow.plan.products import Claims, Figure, Study, Table

SCHEMES = ["magnitude"]
NETWORKS = ["vgg16", "mobilenet_v1"]
"""Those that the abstract names."""
DESIGNS = [
    "phantom_2d",
    "scnn",
    "sparten",
    "sparten_gb_s",
    "sparten_no_balancing",
    "eyeriss_v2",
    "dense_ideal",
    "dense_mapped",
]


def study(plan: Plan) -> Study:
    """The comparison, where one of the abstract's networks is pruned; sweeps where it is swept."""
    layout, suites = plan.layout, plan.config["sweep_suites"]
    tables, figures, claims = [], [], []
    if layout.runs(schemes=SCHEMES, networks=NETWORKS):
        designs = [name for name in DESIGNS if name in configurations()]
        events = layout.events(designs, schemes=SCHEMES)
        alike = [run for run in plan.footing.runs() if run.scheme in SCHEMES]
        at_one_size = layout.of_runs("footing", alike)
        tables += [
            Table("phantom", "phantom_table", [*events, *at_one_size], plan.comparison.prices()),
            Table("phantom_layers", "layers_table", events),
            Table("phantom_idle", "idle_table", events),
        ]
        figures += [
            Figure("phantom_speedup", "speedup_figure", ["phantom"]),
            Figure("phantom_gains", "gains_figure", ["phantom", "claims"]),
            Figure("phantom_layers", "layers_figure", ["phantom_layers"]),
            Figure("phantom_idle", "idle_figure", ["phantom_idle"]),
        ]
        claims.append(Claims("claims", ["phantom"]))
    if layout.runs(suites, NETWORKS, SCHEMES):
        runs = {"suites": suites, "networks": NETWORKS, "schemes": SCHEMES}
        swept = layout.events(["phantom_2d"], kind="sweeps", **runs)
        tables.append(Table("phantom_sensitivity", "sensitivity_table", swept))
        figures.append(Figure("phantom_sensitivity", "sensitivity_figure", ["phantom_sensitivity"]))
    return Study("Phantom-2D", tables, figures, claims)
