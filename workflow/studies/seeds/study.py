"""Runs that are repeated under several seeds: the spread of their numbers, and that of claims."""

from models.imagenet import IMAGENET
from workflow.plan.plan import Plan
from workflow.plan.products import Figure, Study, Table
from workflow.plan.runs import Run
from workflow.plan.sections.seeds import SeededTable, listed

SYSTOLIC = ["sa_zvcg", "s2ta_aw"]
AT_ONE_SIZE = ["phantom_2d", "dense_ideal", "scnn", "sparten", "eyeriss_v2"]
"""Phantom-2D, and what its claims compare it with in their primary settings."""
PHANTOM_RUN = Run(IMAGENET, "vgg16", "magnitude")
"""Of those settings."""


def study(plan: Plan) -> Study:
    """Spreads of the runs that a configuration repeats, and of the claims whose runs these are."""
    runs = plan.seeds.seeded()
    if not runs:
        return Study("Seeds")
    prices = plan.comparison.prices()
    node = ["--node", str(plan.config["technology_nodes_nm"][0])]
    files = [path for entry in runs for path in entry.files]
    options = ["--runs", listed(runs), *node, *prices]
    tables = [Table("seeds", "seeds_table", files, options, named=False)]
    if judged := _judged(plan):
        files = [path for entry in judged for path in entry.files]
        options = ["--tables", listed(judged), *prices]
        tables.append(Table("seed_claims", "seed_claims_table", files, options, named=False))
    return Study("Seeds", tables, [Figure("seeds", "seeds_figure", ["seeds"])])


def _judged(plan: Plan) -> list[SeededTable]:
    """What claims are judged from, where all runs of their primary settings are repeated."""
    pruned = plan.layout.runs([IMAGENET], schemes=["dbb"])  # S2TA's mean is over all of them
    alike = [PHANTOM_RUN] if PHANTOM_RUN in plan.footing.runs() else []
    return [
        *plan.seeds.tables("s2ta", pruned, SYSTOLIC),
        *plan.seeds.tables("phantom", alike, AT_ONE_SIZE, at_one_size=True),
    ]
