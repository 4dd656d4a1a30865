"""Published values beside what the mechanism gives here; each paper's study evaluates its own."""

from workflow.plan.plan import Plan
from workflow.plan.products import CLAIMS, Figure, Study, Table


def study(plan: Plan) -> Study:
    """The verdicts and their summary.

    What the verdicts read besides accuracies is what every study's claims ask for
    (workflow/plan/products.py).
    """
    table = plan.layout.table
    accuracies = [table("accuracy")] if plan.layout.metrics() else []
    return Study(
        "Claims",
        [
            Table("claims", "claims_table", accuracies, standalone=True),
            Table("claims_summary", "summary_table", [table(CLAIMS)]),
        ],
        [Figure("claims", "claims_figure", [CLAIMS])],
    )
