from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from sim import (
    Layer,
    LayerTrace,
    NetworkTrace,
    Provenance,
    TracedLayer,
    accelerator,
    simulate,
)
from sim.accelerators.eyeriss.published import LAYERS
from sim.accelerators.sense.schemes import MEANT_FOR
from sim.claims import claims
from workflow.events import simulate_network
from workflow.studies.claims.claims_table import evaluated
from workflow.studies.sense.claims import EVALUATORS
from workflow.studies.sense.dram_table import dram
from workflow.studies.sense.layers_step import layers, measured_as
from workflow.studies.sense.sense_table import sense, without_waiting
from workflow.studies.sense.sensitivity_table import sensitivity
from workflow.studies.sense.throughput_table import throughput

SHAPES = (
    Layer.conv("conv1", 3, 40, 3, padding=1, input_size=12),
    Layer.conv("conv2", 40, 70, 3, padding=1, input_size=12),
    Layer.linear("fc", 64, 10),
)


def weights(layer: Layer, scheme: str, rng: np.random.Generator) -> np.ndarray:
    """4 of 9 in each kernel, or as many at random places of the layer."""
    if layer.kind == "linear":
        return np.ones(layer.weight_shape, dtype=bool)
    mask = np.zeros(layer.weight_shape, dtype=bool)
    mask.reshape(-1, layer.kernel[0] * layer.kernel[1])[:, :4] = True
    if scheme == "unbalanced":
        rng.shuffle(mask.reshape(-1))
    return mask


def network(scheme: str, shapes=SHAPES, suite: str = "imagenet", name: str = "vgg16"):
    rng = np.random.default_rng(0)
    entries = []
    for layer in shapes:
        density = rng.random((1, layer.in_channels, 1, 1))
        activation = rng.random((2, *layer.input_shape)) < density
        entries.append(TracedLayer(LayerTrace(layer, weights(layer, scheme, rng), activation)))
    provenance = Provenance(suite, name, scheme, "modelled", "modelled", "random")
    return NetworkTrace(provenance, tuple(entries))


TRACES: Mapping[str, NetworkTrace] = {s: network(s) for s in ("balanced", "unbalanced")}


def events(names=tuple(MEANT_FOR), **overrides) -> pd.DataFrame:
    return pd.concat(
        [
            simulate_network(TRACES[scheme], name, accelerator(name, **overrides))
            for name in names
            for scheme in TRACES
        ],
        ignore_index=True,
    )


@pytest.fixture(scope="module")
def ablation() -> pd.DataFrame:
    return sense(events()).set_index(["layers", "network", "accelerator"])


def test_every_gain_is_over_neither_mechanism(ablation: pd.DataFrame) -> None:
    rows = ablation.loc["all", "vgg16"]
    assert rows.loc["sense_neither", "speedup"] == 1
    assert rows.loc["sense_neither", "dram_reduction"] == 1
    base = rows.loc["sense_neither", "cycles_per_image"]
    for name in MEANT_FOR:
        assert rows.loc[name, "speedup"] == pytest.approx(base / rows.loc[name, "cycles_per_image"])
    assert rows.loc["sense", "array_speedup"] > rows.loc["sense_unclustered", "array_speedup"] > 1


def test_cycles_are_those_of_the_configuration_on_its_own_scheme(ablation: pd.DataFrame) -> None:
    for name, scheme in MEANT_FOR.items():
        runs = [simulate(t, accelerator(name)) for t in TRACES[scheme].traces]
        expected = sum(run.cycles for run in runs) / 2
        assert ablation.loc[("all", "vgg16", name), "cycles_per_image"] == expected


def test_the_array_alone_does_not_wait_for_dram(ablation: pd.DataFrame) -> None:
    counted = events(["sense"], dram_overlap=False)
    waited = counted["idle_bandwidth_multiplier_cycles"] / counted["multipliers"]
    assert waited.max() > 1
    alone = without_waiting(counted)["cycles"]
    assert ((counted["cycles"] - waited <= alone) & (alone < counted["cycles"] - waited + 1)).all()
    base, row = (ablation.loc["all", "vgg16", name] for name in ("sense_neither", "sense"))
    assert base["array_speedup"] == 1
    ratio = base["array_cycles_per_image"] / row["array_cycles_per_image"]
    assert row["array_speedup"] == pytest.approx(ratio)


def test_shares_of_idle_and_useful_slots_leave_the_utilisation(ablation: pd.DataFrame) -> None:
    runs = [simulate(t, accelerator("sense")) for t in TRACES["balanced"].traces]
    convolutions = runs[0] + runs[1]
    for view, total in (("conv_only", convolutions), ("all", convolutions + runs[2])):
        shares = ablation.loc[(view, "vgg16", "sense")].filter(like="_share").sum()
        assert shares == pytest.approx(1 - total.utilisation)


def test_the_mean_is_over_networks(ablation: pd.DataFrame) -> None:
    mean = ablation.loc[("all", "mean", "sense"), "speedup"]
    assert mean == ablation.loc[("all", "vgg16", "sense"), "speedup"]


def test_rates_follow_from_the_clock_and_carry_the_published_value() -> None:
    table = throughput(events(["sense"])).set_index(["layers", "dram_time"])
    row = table.loc["all", "overlapped"]
    runs = [simulate(t, accelerator("sense")) for t in TRACES["balanced"].traces]
    seconds = sum(run.cycles for run in runs) / 2 / 200e6
    assert row["images_per_second"] == pytest.approx(1 / seconds)
    assert row["power_times_time_mj_per_image"] == pytest.approx(11200 * seconds)
    macs = sum(trace.layer.dense_macs for trace in TRACES["balanced"].traces)
    assert row["dense_gops"] == pytest.approx(2 * macs / seconds / 1e9)  # two operations each
    assert row["published_images_per_second"] == 34
    assert row["access_count_mj_per_image"] > row["access_count_without_dram_mj_per_image"] > 0


def test_added_dram_time_is_that_of_a_configuration_without_overlap() -> None:
    table = throughput(events(["sense"])).set_index(["layers", "dram_time"])
    serial = accelerator("sense", dram_overlap=False)
    runs = [simulate(t, serial) for t in TRACES["balanced"].traces]
    seconds = sum(run.cycles for run in runs) / 2 / 200e6
    rate = table.loc[("all", "serial"), "images_per_second"]
    assert rate == pytest.approx(1 / seconds, rel=1e-3)  # whole cycles per layer there


def test_dram_tables_hold_the_bytes_of_each_side_at_its_batch() -> None:
    rows = [row for trace in TRACES.values() for row in layers(trace)]
    table = pd.DataFrame(rows)
    assert set(table["accelerator"]) == {"sense", "swallow_like", "eyeriss"}
    total = dram(table).set_index(["layers", "baseline", "batch"])
    row = total.loc["all", "eyeriss", 1]
    model = accelerator("eyeriss", pooling_on_chip=False)
    runs = [simulate(t, model) for t in TRACES["balanced"].traces]
    expected = sum(run.dram_bytes for run in runs)
    # two images in the trace, one at a time; batch 1 takes the trace as it is
    assert row["dram_bytes_per_image_of_baseline"] == pytest.approx(expected / 2)
    assert row["dram_reduction"] == pytest.approx(
        row["dram_bytes_per_image_of_baseline"] / row["dram_bytes_per_image"]
    )
    shared = total.loc["all", "eyeriss", 4]
    assert shared["dram_bytes_per_image"] < row["dram_bytes_per_image"]


def test_measured_tables_join_only_the_networks_that_were_measured() -> None:
    alexnet = network("balanced", LAYERS["alexnet"](), name="alexnet_caffe")
    assert measured_as(alexnet) == "alexnet"
    assert measured_as(TRACES["balanced"]) is None


def test_the_chip_is_compared_on_convolutions_and_at_both_batches() -> None:
    rows = [
        ("sense", 1, "conv", "weight", 2e6),
        ("sense", 4, "conv", "weight", 1e6),
        ("sense", 4, "linear", "weight", 9e6),
        ("eyeriss_chip", 4, "conv", "all", 4e6),
    ]
    table = pd.DataFrame(
        rows, columns=["accelerator", "batch", "layer_kind", "operand", "dram_bytes_per_image"]
    ).assign(suite="imagenet", network="alexnet_caffe", activation_source="modelled")
    result = dram(table)
    assert set(result["layers"]) == {"conv_only"}
    assert result.set_index("batch")["dram_reduction"].to_dict() == {1: 2.0, 4: 4.0}


def test_sensitivity_compares_both_sides_at_the_same_value() -> None:
    names = ["sense", "sense_neither", "swallow_like"]
    default = events(names).assign(variant="")
    loose = events(names, sync_interval=4).assign(variant="sync_interval=4")
    joint = loose.assign(variant="sync_interval=4 tile=7")
    table = sensitivity(pd.concat([default, loose, joint], ignore_index=True))
    table = table[table["layers"] == "all"].set_index("parameter")
    assert set(table.index) == {"", "sync_interval"}
    configured = default[(default["accelerator"] == "sense") & (default["scheme"] == "balanced")]
    other = default[
        (default["accelerator"] == "sense_neither") & (default["scheme"] == "unbalanced")
    ]
    assert table.loc["", "speedup"] == other["cycles"].sum() / configured["cycles"].sum()
    assert table.loc["sync_interval", "value"] == "4"
    assert table.loc["", "dram_reduction"] == pytest.approx(1, rel=0.02)  # all fits the buffers
    assert table.loc["sync_interval", "array_speedup"] < table.loc["", "array_speedup"]


def test_claims_are_judged_on_full_size_networks_where_there_are_any() -> None:
    table = sense(events())
    small = table.assign(suite="shapes")
    both = {"sense": pd.concat([small, table], ignore_index=True)}
    judge = EVALUATORS["sense-speedup-vs-swallow"]
    assert {entry.suite for entry in judge(both)} == {"imagenet"}
    assert {entry.suite for entry in judge({"sense": small})} == {"shapes"}


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
