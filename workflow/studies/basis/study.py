"""Both bases of energy beside each other: designs on the common footing, parts, claims."""

from workflow.plan.plan import Plan
from workflow.plan.products import CLAIMS, Study, Table


def study(plan: Plan) -> Study:
    """What the basis does to claims; to designs, where a configuration has runs on the footing."""
    layout, files = plan.layout, plan.footing.files()
    claims = Table("basis_claims", "moved_claims_table", [layout.table(CLAIMS)], section="Claims")
    if not files:
        return Study("Equal footing", [claims])
    bases = layout.table("energy_bases")
    return Study(
        "Equal footing",
        [
            claims,
            Table("energy_bases", "bases_table", files),
            Table("basis_designs", "moved_designs_table", [bases]),
            Table("component_area", "area_table", standalone=True),
        ],
    )
