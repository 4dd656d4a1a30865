"""Every design on one footing (sim/footing/designs.yaml), and where each loses."""

from workflow.plan.plan import Plan
from workflow.plan.products import Figure, Study, Table


def study(plan: Plan) -> Study:
    """The comparison, where a configuration has runs for it."""
    files = plan.footing.every_file()
    if not files:
        return Study("Equal footing")
    return Study(
        "Equal footing",
        [
            Table(
                "footing",
                "footing_table",
                [*files, *plan.footing.configured_files()],
                plan.comparison.prices(),
            ),
            Table("footing_designs", "designs_table", standalone=True),
            Table("losses", "losses_table", files),
        ],
        []
        if not plan.footing.files()  # figures are of the papers' networks
        else [
            Figure("footing_speedup", "speedup_figure", ["footing"]),
            Figure("footing_sizes", "sizes_figure", ["footing"]),
            Figure("footing_pareto", "pareto_figure", ["footing"]),
            Figure("roofline", "roofline_figure", ["footing"]),
            Figure("losses", "losses_figure", ["losses"]),
        ],
    )
