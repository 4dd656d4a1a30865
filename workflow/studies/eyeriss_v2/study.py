"""The Eyeriss v2 chip beside its model."""

from workflow.plan.plan import Plan
from workflow.plan.products import Study, Table


def study(plan: Plan) -> Study:
    """The calibration to the chip's published rate."""
    events = plan.layout.events(["eyeriss_v2"], schemes=plan.config["compared_schemes"])
    return Study("Eyeriss v2", [Table("eyeriss_v2_chip", "chip_table", events)])
