"""Networks with products of activations: what a row sums over, and who has one."""

import pandas as pd
import pytest

from sim import Layer, NetworkTrace, accelerator
from sim.forms import matmul
from tests.workflow.random_traces import random_trace
from workflow.events import simulate_network
from workflow.studies.comparison.networks_table import networks
from workflow.studies.comparison.refusals_table import refusals
from workflow.studies.footing.footing_table import attention_networks, without
from workflow.tabling.shared import layer_views, refusing, totals

FC = Layer.linear("fc", 16, 8, tokens=6)
LAYERS = (FC, matmul("scores", 6, 8, 6, 2), matmul("mixed", 6, 6, 4, 2))
DESIGNS = ("dense_ideal", "scnn")
"""One that takes any matrices, and one that compresses its weights offline."""


def attention() -> NetworkTrace:
    return random_trace(LAYERS, (0.5, 0.5), images=2, network="vit")


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    plain = random_trace([FC], (0.5, 0.5), network="lenet5")
    frames = [
        simulate_network(trace, name, accelerator(name))
        for trace in (attention(), plain)
        for name in DESIGNS
    ]
    return pd.concat(frames, ignore_index=True).fillna({"refused": ""}).fillna(0)


def test_a_design_that_refuses_a_layer_has_no_row_of_all_layers(events: pd.DataFrame) -> None:
    table = networks(events, [16]).set_index(["network", "accelerator", "layers"])
    macs = table["dense_macs_per_image"]
    assert ("vit", "scnn", "all") not in table.index
    assert macs["vit", "dense_ideal", "all"] == sum(layer.dense_macs for layer in LAYERS)
    for name in DESIGNS:
        assert macs["vit", name, "no_products"] == FC.dense_macs
        assert macs["lenet5", name, "all"] == FC.dense_macs
    assert set(table.loc["vit"].index.get_level_values("layers")) == {"all", "no_products"}
    assert "no_products" not in set(table.loc["lenet5"].index.get_level_values("layers"))


def test_a_refused_layer_counts_nothing_in_any_sum(events: pd.DataFrame) -> None:
    rows = events[(events["network"] == "vit") & (events["accelerator"] == "scnn")]
    total = totals(rows, ["network", "accelerator"]).iloc[0]
    alone = rows[rows["layer"] == "fc"].iloc[0]
    for count in ("cycles", "dense_macs", "effectual_macs"):
        assert total[count] == alone[count] > 0
    assert list(refusing(events).groupby(events["accelerator"]).any()) == [False, True]


def test_plain_networks_have_the_same_rows_whatever_stands_beside_them(
    events: pd.DataFrame,
) -> None:
    plain = events[events["network"] == "lenet5"]
    views = layer_views(events)
    beside = views[views["network"] == "lenet5"].reset_index(drop=True)
    pd.testing.assert_frame_equal(beside, layer_views(plain.reset_index(drop=True)))


def test_networks_with_products_are_in_no_mean(events: pd.DataFrame) -> None:
    assert attention_networks(events) == {"vit"}
    assert set(without(events, {"vit"})["network"]) == {"lenet5"}


def test_refusals_say_how_much_and_why(events: pd.DataFrame) -> None:
    twice = pd.concat([events, events], ignore_index=True)  # two sizes of one design
    table = refusals(twice[twice["network"] == "vit"]).set_index("accelerator")
    products = sum(layer.dense_macs for layer in LAYERS[1:])
    every = products + FC.dense_macs
    assert list(table["layer_count"]) == [3, 3]
    assert list(table["refused_layer_count"]) == [0, 2]
    assert list(table["dense_macs_per_image"]) == [every, every]
    assert table.loc["scnn", "refused_macs_per_image"] == products
    assert table.loc["scnn", "refused_macs_percent"] == pytest.approx(100 * products / every)
    assert table.loc["dense_ideal", "reason"] == ""
    assert "offline" in table.loc["scnn", "reason"]
