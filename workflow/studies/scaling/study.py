"""How long thousands of jobs would take on a cluster: modelled, from the time of some."""

from workflow.plan.layout import as_json
from workflow.plan.plan import Plan
from workflow.plan.products import Figure, Study, Table


def study(plan: Plan) -> Study:
    """The model, where a configuration describes clusters and has a design space to time."""
    names = plan.config["design_space"]
    if not names or "cluster_model" not in plan.config:
        return Study("Design space")
    folder, folders = f"{plan.layout.results}/benchmarks/points", plan.sweeps.as_json(names)
    settings = as_json(plan.config["cluster_model"])
    options = ["--benchmarks", folder, "--plan", folders, "--settings", settings]
    return Study(
        "Design space",
        [
            Table(
                "cluster_model",
                "cluster_model_table",
                plan.sweeps.benchmarks(names),
                options,
                named=False,
            )
        ],
        [Figure("cluster_model", "cluster_model_figure", ["cluster_model"])],
    )
