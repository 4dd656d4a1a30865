"""What pruning without the training set costs networks with real weights, and what it gains."""

from workflow.plan.digest import TORCH
from workflow.plan.layout import as_json
from workflow.plan.modelled_schemes import modelled_schemes
from workflow.plan.plan import Plan
from workflow.plan.products import Claims, Figure, Study, Table
from workflow.studies.s2ta.study import ARRAYS

JUDGED_FROM = (
    "pretrained",
    "pretrained_s2ta",
    "pretrained_s2ta_sparse",
    "pretrained_phantom",
    "pretrained_blocks",
)
"""Tables that the claims on measured zeros of the papers' size read."""
NAMED_BY_PHANTOM = ["mobilenet_v1_relu6"]
BESIDE_PHANTOM = ["phantom_2d", "scnn", "sparten", "eyeriss_v2", "dense_ideal", "dense_mapped"]


def study(plan: Plan) -> Study:
    """Answers after each repair, proof of loading, densities, designs and claims, as fetched."""
    if not plan.pretrained.configured:
        return Study("Networks")
    curves = plan.layout.of_runs("curves", plan.pretrained.curve_runs(), ".json")
    budgets = plan.layout.of_runs("budgets", plan.pretrained.budget_runs(), ".json")
    tables = [
        *_networks(plan),
        *_of_papers(plan),
        *_modelled(plan),
        Table("pretrained_curves", "curves_table", curves),
        Table("pretrained_budgets", "budgets_table", budgets),
    ]
    figures = [
        Figure("pretrained_modelled", "modelled_figure", ["pretrained_modelled"]),
        Figure("pretrained_curves", "curves_figure", ["pretrained_curves"]),
    ]
    return Study("Networks", tables, figures, [Claims("claims", JUDGED_FROM)])


def _networks(plan: Plan) -> list[Table]:
    suite, layout = plan.pretrained, plan.layout
    runs = suite.runs()
    metrics = layout.of_runs("networks", runs, ".json")
    traces = layout.of_runs("traces", runs, ".safetensors")
    checkpoints = [suite.checkpoint(network) for network in suite.networks]
    asked = ["--networks", *suite.configured, "--folder", str(suite.folder)]
    loaded = [*asked, "--absent", *suite.absent] if suite.absent else asked
    priced = [*plan.comparison.nodes(), *plan.comparison.prices()]
    return [
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
    ]


def _of_papers(plan: Plan) -> list[Table]:
    """The papers' own comparisons on this suite, in tables that no mean of theirs reads."""
    layout, runs, prices = plan.layout, plan.pretrained.runs, plan.comparison.prices()
    density_bound, unstructured = runs(["dbb"]), runs(["magnitude"])
    sparse = [
        *layout.events_of(density_bound, ["s2ta_aw"]),
        *layout.events_of([*density_bound, *unstructured], ["eyeriss_v2", "sparten"]),
    ]
    named = runs(["magnitude"], NAMED_BY_PHANTOM)
    beside = [*layout.events_of(named, BESIDE_PHANTOM), *layout.of_runs("footing", named)]
    dense = layout.of_runs("traces", runs(["dense"]), ".safetensors")
    return [
        Table("pretrained_s2ta", "s2ta_table", layout.events_of(density_bound, ARRAYS), prices),
        Table("pretrained_s2ta_sparse", "sparse_table", sparse, prices),
        Table("pretrained_phantom", "phantom_table", beside, prices),
        Table("pretrained_blocks", "blocks_table", dense),
    ]


def _modelled(plan: Plan) -> list[Table]:
    """Modelled zeros beside measured ones, on the runs that designs run on."""
    layout = plan.layout
    compared = plan.config["compared_schemes"]
    schemes = [name for name in modelled_schemes() if name in compared]
    runs = plan.pretrained.runs(schemes)
    traces = layout.of_runs("traces", runs, ".safetensors")
    events = layout.events_of(runs, plan.config["accelerators"])
    settings = as_json(plan.full_size.settings(""))  # the suite's own, no network's
    options = ["--traces", *traces, "--events", *events, "--settings", settings]
    table = Table(
        "pretrained_modelled",
        "modelled_table",
        [*traces, *events, *plan.full_size.user_files("")],
        options,
        named=False,
        pictures=plan.full_size.inputs_digest(""),
        pins=TORCH,
    )
    return [table] if events else []
