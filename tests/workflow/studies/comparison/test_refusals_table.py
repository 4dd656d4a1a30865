from sim import Layer, accelerator
from tests.workflow.random_traces import random_trace
from workflow.events import simulate_network
from workflow.studies.comparison.refusals_table import refusals


def test_a_network_without_products_is_refused_by_nobody() -> None:
    trace = random_trace([Layer.linear("fc", 16, 8)], (0.5, 0.5))
    (row,) = refusals(simulate_network(trace, "scnn", accelerator("scnn"))).to_dict("records")
    assert (row["layer_count"], row["refused_layer_count"], row["reason"]) == (1, 0, "")
    assert row["refused_macs_percent"] == 0
