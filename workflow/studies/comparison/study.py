"""Every accelerator on every network: cycles, energy by component, bytes by memory."""

from workflow.plan.plan import Plan
from workflow.plan.products import Figure, Study, Table


def study(plan: Plan) -> Study:
    """Totals per image of every configured accelerator."""
    events = plan.comparison.events()
    priced = [*plan.comparison.nodes(), *plan.comparison.prices()]
    overview = ["networks"]
    if plan.footing.files():
        overview.append("footing")
    if plan.dataflow.designs("designs"):
        overview.append("hass")
    refused = plan.comparison.compared_only()
    return Study(
        "All accelerators",
        [
            *([Table("refusals", "refusals_table", refused)] if refused else []),
            Table("networks", "networks_table", events, priced),
            Table("energy", "energy_table", events, priced),
            Table("traffic", "traffic_table", events),
        ],
        [Figure("overview", "overview_figure", overview)],
    )
