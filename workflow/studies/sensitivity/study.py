"""Every swept parameter of every design, one at a time."""

from workflow.plan.plan import Plan
from workflow.plan.products import Figure, Study, Table


def study(plan: Plan) -> Study:
    """The headlines and their spans, where a configuration varies parameters."""
    if not plan.sensitivities.runs():
        return Study("Sensitivity")
    headlines = plan.layout.table("sensitivity")
    return Study(
        "Sensitivity",
        [
            Table(
                "sensitivity",
                "sensitivity_table",
                plan.sensitivities.files(),
                plan.comparison.prices(),
            ),
            Table("sensitivity_spans", "spans_table", [headlines]),
        ],
        [Figure("sensitivity", "sensitivity_figure", ["sensitivity_spans"])],
    )
