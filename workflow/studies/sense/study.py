"""Sense (TVLSI 2023), its ablation, a Swallow-like array and Eyeriss."""

from sim.accelerators.sense.schemes import (
    ACTIVATIONS_FIRST,
    MEANT_FOR,
    REFERENCE,
    SUBJECT,
)
from workflow.plan.plan import Plan
from workflow.plan.products import Claims, Figure, Study, Table

SCHEMES = sorted(set(MEANT_FOR.values()))


def study(plan: Plan) -> Study:
    """The comparison, where every scheme has runs; sweeps where these are on swept suites."""
    layout, suites = plan.layout, plan.config["sweep_suites"]
    prices = plan.comparison.prices()
    tables, figures, claims = [], [], []
    if all(layout.runs(schemes=[scheme]) for scheme in SCHEMES):
        subject = layout.paired({SUBJECT: MEANT_FOR[SUBJECT]})
        layers = layout.of_runs("sense_layers", layout.runs(schemes=SCHEMES))
        tables += [
            Table("sense", "sense_table", layout.paired(MEANT_FOR), prices),
            Table("sense_throughput", "throughput_table", subject, prices),
            Table("sense_layers", "layers_table", layers),
            Table("sense_dram", "dram_table", [layout.table("sense_layers")]),
        ]
        figures += [
            Figure("sense_speedup", "speedup_figure", ["sense"]),
            Figure("sense_dram", "dram_figure", ["sense_layers"]),
            Figure("sense_throughput", "throughput_figure", ["sense_throughput"]),
        ]
        claims.append(Claims("claims", ["sense", "sense_dram", "sense_throughput"]))
    if all(layout.runs(suites, schemes=[scheme]) for scheme in SCHEMES):
        arrays = {name: MEANT_FOR[name] for name in (SUBJECT, REFERENCE, ACTIVATIONS_FIRST)}
        swept = layout.paired(arrays, kind="sweeps", suites=suites)
        tables.append(Table("sense_sensitivity", "sensitivity_table", swept))
        figures.append(Figure("sense_sensitivity", "sensitivity_figure", ["sense_sensitivity"]))
    return Study("Sense", tables, figures, claims)
