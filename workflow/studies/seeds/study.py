"""Runs that are repeated under several seeds: the spread of their numbers, and that of claims."""

from models.imagenet import IMAGENET
from sim.accelerators.sense.schemes import MEANT_FOR, SUBJECT
from workflow.plan.plan import Plan
from workflow.plan.products import Figure, Study, Table
from workflow.plan.runs import Run
from workflow.plan.sections.seeds import SeededTable, listed

SYSTOLIC = ["sa_zvcg", "s2ta_aw"]
AGAINST_SPARSE = {
    "s2ta_aw": ["dbb"],
    "eyeriss_v2": ["dbb", "magnitude"],
    "sparten": ["dbb", "magnitude"],
}
"""The designs of S2TA's claims on energy, and the schemes that each runs."""
AT_ONE_SIZE = ["phantom_2d", "dense_ideal", "scnn", "sparten", "eyeriss_v2"]
"""Phantom-2D, and what its claims compare it with in their primary settings."""
PHANTOM_RUN = Run(IMAGENET, "vgg16", "magnitude")
"""Of those settings."""


def study(plan: Plan) -> Study:
    """Spreads of the runs that a configuration repeats, and of the claims whose runs these are."""
    prices = plan.comparison.prices()
    tables, figures = [], []
    if runs := plan.seeds.seeded():
        node = ["--node", str(plan.config["technology_nodes_nm"][0])]
        files = [path for entry in runs for path in entry.files]
        options = ["--runs", listed(runs), *node, *prices]
        tables.append(Table("seeds", "seeds_table", files, options, named=False))
        figures.append(Figure("seeds", "seeds_figure", ["seeds"]))
    if judged := _judged(plan):
        files = [path for entry in judged for path in entry.files]
        options = ["--tables", listed(judged), *prices]
        tables.append(Table("seed_claims", "seed_claims_table", files, options, named=False))
    return Study("Seeds", tables, figures)


def _judged(plan: Plan) -> list[SeededTable]:
    """What claims are judged from, where all runs of their primary settings are repeated."""
    return [*_s2ta(plan), *_phantom(plan), *_sense(plan), *_hass(plan), *_sparse_blox(plan)]


def _s2ta(plan: Plan) -> list[SeededTable]:
    layout, tables = plan.layout, plan.seeds.tables
    pruned = layout.runs([IMAGENET], schemes=["dbb"])  # S2TA's mean is over all of them
    either = layout.runs([IMAGENET], schemes=["dbb", "magnitude"])
    sparse = [
        path
        for name, schemes in AGAINST_SPARSE.items()
        for path in layout.events_of(layout.runs([IMAGENET], schemes=schemes), [name])
    ]
    return [
        *tables("s2ta", pruned, layout.events_of(pruned, SYSTOLIC)),
        *tables("s2ta_sparse", either, sparse),
    ]


def _phantom(plan: Plan) -> list[SeededTable]:
    if PHANTOM_RUN not in plan.footing.runs():
        return []
    runs, layout = [PHANTOM_RUN], plan.layout
    files = [*layout.events_of(runs, AT_ONE_SIZE), *layout.of_runs("footing", runs)]
    return plan.seeds.tables("phantom", runs, files)


def _sense(plan: Plan) -> list[SeededTable]:
    """Its three tables; the paper's claims are about networks of its size."""
    layout = plan.layout
    runs = layout.runs([IMAGENET], schemes=sorted(set(MEANT_FOR.values())))
    subject = {SUBJECT: MEANT_FOR[SUBJECT]}
    files = {
        "sense": layout.paired(MEANT_FOR, suites=[IMAGENET]),
        "sense_throughput": layout.paired(subject, suites=[IMAGENET]),
        "sense_dram": layout.of_runs("sense_layers", runs),
    }
    return [entry for name in files for entry in plan.seeds.tables(name, runs, files[name])]


def _hass(plan: Plan) -> list[SeededTable]:
    runs = plan.dataflow.runs([IMAGENET])
    return plan.seeds.tables("hass", runs, plan.layout.of_runs("designs", runs, "_designs.csv"))


def _sparse_blox(plan: Plan) -> list[SeededTable]:
    """Zero blocks of the networks that its claims name."""
    runs = [Run(IMAGENET, network, "dense") for network in plan.block_skipping.networks]
    traces = plan.layout.of_runs("traces", runs, ".safetensors")
    return plan.seeds.tables("sparse_blox_blocks", runs, traces)
