"""The designs on the common footing, priced by components of one published library as well."""

from workflow.plan.plan import Plan
from workflow.plan.products import Study, Table


def study(plan: Plan) -> Study:
    """Energy on both bases, and the area, where a configuration has runs on the footing."""
    files = plan.footing.files()
    if not files:
        return Study("Equal footing")
    return Study(
        "Equal footing",
        [
            Table("energy_bases", "bases_table", files),
            Table("component_area", "area_table"),
        ],
    )
