"""How far each model may be trusted: every model against every outside oracle at hand."""

from workflow.plan.plan import Plan
from workflow.plan.products import Figure, Study, Table


def study(plan: Plan) -> Study:
    """Tables of trust, equal under every configuration: oracles bring their layers and masks."""
    return Study(
        "Trust",
        [
            Table("trust_cases", "cases_table", standalone=True),
            Table("trust", "trust_table", [plan.layout.table("trust_cases")]),
        ],
        [Figure("trust", "trust_figure", ["trust_cases", "trust"])],
    )
