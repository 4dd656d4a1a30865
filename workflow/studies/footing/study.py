"""Every design on one footing (sim/footing/designs.yaml), and where each loses."""

from workflow.plan.plan import Plan
from workflow.plan.products import Figure, Study, Table
from workflow.studies.footing.measured_gpu import measured_files

TRANSFORMERS = ("footing", "refusals")
"""Tables that the figure of networks with attention is drawn from."""


def study(plan: Plan) -> Study:
    """The comparison, where a configuration has runs for it."""
    files, gpu = plan.footing.every_file(), measured_files()
    attention = len(files) > len(plan.footing.files())
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
            Table("gpu_reference", "gpu_reference_table", gpu),  # left out until it was measured
        ],
        [
            *(_of_papers_networks(bool(gpu)) if plan.footing.files() else []),
            *([Figure("transformers", "transformers_figure", TRANSFORMERS)] if attention else []),
        ],
    )


def _of_papers_networks(gpu: bool) -> list[Figure]:
    """The figures that means over the papers' networks are drawn from."""
    return [
        Figure(
            "footing_speedup", "speedup_figure", ["footing", *(["gpu_reference"] if gpu else [])]
        ),
        Figure("footing_sizes", "sizes_figure", ["footing"]),
        Figure("footing_pareto", "pareto_figure", ["footing"]),
        Figure("roofline", "roofline_figure", ["footing"]),
        Figure("losses", "losses_figure", ["losses"]),
    ]
