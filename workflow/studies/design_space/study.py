"""All points of the sweeps that a configuration lists in `design_space`."""

from workflow.plan.plan import Plan
from workflow.plan.products import Study, Table


def study(plan: Plan) -> Study:
    """One table of all points."""
    names = plan.config["design_space"]
    if not names:
        return Study("Design space")
    folder, folders = f"{plan.layout.results}/points", plan.sweeps.as_json(names)
    priced = [*plan.comparison.nodes(), *plan.comparison.prices()]
    options = ["--points", folder, "--plan", folders, *priced]
    points = plan.sweeps.points(names)
    return Study(
        "Design space",
        [Table("design_space", "design_space_table", points, options, named=False)],
    )
