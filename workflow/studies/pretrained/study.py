"""What pruning without the training set costs networks with real weights, and what it gains."""

from workflow.plan.digest import TORCH
from workflow.plan.plan import Plan
from workflow.plan.products import Study, Table


def study(plan: Plan) -> Study:
    """Answers after each repair, proof of loading, densities and designs, as far as fetched."""
    suite, layout = plan.pretrained, plan.layout
    runs = suite.runs()
    if not suite.configured:
        return Study("Networks")
    metrics = layout.of_runs("networks", runs, ".json")
    traces = layout.of_runs("traces", runs, ".safetensors")
    checkpoints = [suite.checkpoint(network) for network in suite.networks]
    asked = ["--networks", *suite.configured, "--folder", str(suite.folder)]
    loaded = [*asked, "--absent", *suite.absent] if suite.absent else asked
    priced = [*plan.comparison.nodes(), *plan.comparison.prices()]
    return Study(
        "Networks",
        [
            Table("pretrained", "pretrained_table", metrics),
            Table(
                "pretrained_loading",
                "loading_table",
                checkpoints,
                loaded,
                named=False,
                pins=TORCH,
            ),
            Table("pretrained_densities", "densities_table", traces),
            Table("pretrained_networks", "networks_table", suite.events(), priced),
        ],
    )
