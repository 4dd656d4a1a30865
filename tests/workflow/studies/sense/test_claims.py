import pandas as pd

from sim.claims import claims
from tests.workflow.studies.sense.small_networks import TRACES, events
from workflow.studies.claims.claims_table import evaluated
from workflow.studies.sense.claims import EVALUATORS
from workflow.studies.sense.dram_table import dram
from workflow.studies.sense.layers_step import layers
from workflow.studies.sense.sense_table import sense
from workflow.studies.sense.throughput_table import throughput


def test_claims_are_judged_on_full_size_networks_where_there_are_any() -> None:
    table = sense(events())
    small = table.assign(suite="shapes")
    both = {"sense": pd.concat([small, table], ignore_index=True)}
    judge = EVALUATORS["sense-speedup-vs-swallow"]
    assert {entry.suite for entry in judge(both)} == {"imagenet"}
    assert {entry.suite for entry in judge({"sense": small})} == {"shapes"}


def test_a_rate_is_held_against_that_of_always_busy_dense_multipliers() -> None:
    row = throughput(events(["sense"])).iloc[[0]].assign(network="vgg16", suite="imagenet")
    row = row.assign(images_per_second=10.0, dense_gops=100.0, layers="all")
    (rate,) = EVALUATORS["sense-vgg16-throughput"]({"sense_throughput": row})
    assert rate.without_mechanism == 40.96  # 409.6 GOP/s at the peak, 10 GOP in an image
    assert "would give 41 images/s" in rate.reason


def test_every_claim_of_sense_is_evaluated_or_outside_the_model() -> None:
    stated = {name: claim for name, claim in claims().items() if claim.system == "Sense"}
    outside = {name for name, claim in stated.items() if claim.standing == "outside the model"}
    assert set(EVALUATORS) == set(stated) - outside
    rows = [row for trace in TRACES.values() for row in layers(trace)]
    tables = {
        "sense": sense(events()),
        "sense_dram": dram(pd.DataFrame(rows)),
        "sense_throughput": throughput(events(["sense"])),
    }
    table = evaluated(["workflow.studies.sense.claims"], tables).set_index("claim")
    assert table.loc["sense-peak", "verdict"] == "by construction"
    assert table.loc["sense-power", "verdict"] == "outside the model"
    assert (table.loc["sense-speedup-vs-swallow", "here"] > 1).all()
    assert "v1" in table.loc["sense-peak", "source"]
