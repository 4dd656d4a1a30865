"""Statistics over seeds on metrics, traces and events made up here."""

import json
from pathlib import Path

import pandas as pd
import pytest

from sim import Layer, accelerator, write_trace
from tests.workflow.random_traces import random_trace
from workflow.events import simulate_network, write_events
from workflow.plan.sections.seeds import SeededRun
from workflow.studies.seeds.seeds_table import KEYS, seeds, spread
from workflow.tabling.pricing import Pricing

TOP1 = {"dense": {4: 90.0, 7: 94.0}, "dbb": {4: 89.0, 7: 91.0}}
DESIGN = "dense_ideal"


def made(folder: Path, scheme: str, seed: int, trained: bool) -> SeededRun:
    """The files of a run of one convolution, pruned to a density that the seed decides."""
    origin = {"suite": "digits" if trained else "imagenet", "network": "lenet5", "scheme": scheme}
    stem = folder / f"{origin['suite']}-{scheme}-{seed}"
    layers = [Layer.conv("conv", 4, 8, 3, padding=1, input_size=(6, 6)), Layer.linear("fc", 16, 4)]
    trace = random_trace(layers, (0.5, 0.5), images=2, seed=seed, **origin)
    write_trace(stem.with_suffix(".trace"), trace)
    table = simulate_network(trace, DESIGN, accelerator(DESIGN))
    write_events([table], stem.with_suffix(".csv"))
    if trained:
        numbers = dict.fromkeys(
            [f"top1_{step}_percent" for step in ("trained", "one_shot", "fine_tuned")], 50.0
        )
        numbers |= {"weight_density": 0.5, "test_images": 100}
        numbers["top1_int8_percent"] = TOP1[scheme][seed]
        stem.with_suffix(".json").write_text(json.dumps(origin | numbers))
    metrics = str(stem.with_suffix(".json")) if trained else None
    return SeededRun(seed, str(stem.with_suffix(".trace")), metrics, [f"{stem}.csv"])


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("seeds")
    runs = [made(folder, scheme, seed, True) for scheme in TOP1 for seed in (4, 7)]
    runs += [made(folder, "dbb", seed, False) for seed in (4, 7)]
    return seeds(runs, 16, Pricing("mixed"))


def of(table: pd.DataFrame, quantity: str, scheme: str = "dbb", suite: str = "digits") -> pd.Series:
    rows = table[(table["quantity"] == quantity) & (table["scheme"] == scheme)]
    (_, row), *others = rows[rows["suite"] == suite].iterrows()
    assert not others
    return row


def test_points_are_lost_against_the_dense_network_of_the_same_seed(table: pd.DataFrame) -> None:
    row = of(table, "drop_from_dense_points")
    assert (row["smallest"], row["largest"], row["mean"], row["seeds"]) == (1.0, 3.0, 2.0, 2)
    assert row["standard_deviation"] == pytest.approx(2**0.5)  # of a sample: over n - 1
    assert "drop_from_dense_points" not in set(table.loc[table["scheme"] == "dense", "quantity"])


def test_densities_are_of_all_values_of_all_layers(table: pd.DataFrame) -> None:
    weights, maps = of(table, "weight_density"), of(table, "activation_density")
    layers = [Layer.conv("conv", 4, 8, 3, padding=1, input_size=(6, 6)), Layer.linear("fc", 16, 4)]
    for row, sizes in ((weights, 288 + 64), (maps, 2 * (144 + 16))):
        counts = []
        for seed in (4, 7):
            trace = random_trace(layers, (0.5, 0.5), images=2, seed=seed)
            masks = [t.weight if row is weights else t.activation for t in trace.traces]
            counts.append(sum(int(mask.sum()) for mask in masks))
        assert row["mean"] == pytest.approx(sum(counts) / 2 / sizes)
        assert row["largest"] == pytest.approx(max(counts) / sizes)


def test_an_accelerator_has_speedup_and_energy_of_convolutions_alone(table: pd.DataFrame) -> None:
    speedup = of(table, "speedup_over_dense_ideal", suite="imagenet")
    assert (speedup["accelerator"], speedup["layers"]) == (DESIGN, "no_linear")
    assert speedup["standard_deviation"] == 0.0
    assert of(table, "energy_16nm_pj_per_image")["mean"] > 0


def test_rows_stand_run_by_run_and_modelled_zeros_have_no_accuracy(table: pd.DataFrame) -> None:
    runs = list(table[["suite", "scheme"]].itertuples(index=False, name=None))
    expected = [("digits", "dense"), ("digits", "dbb"), ("imagenet", "dbb")]
    assert list(dict.fromkeys(runs)) == expected
    assert runs == sorted(runs, key=expected.index)
    modelled = set(table.loc[table["suite"] == "imagenet", "quantity"])
    assert not any(name.startswith(("top1", "drop")) for name in modelled)


def test_a_quantity_counts_the_seeds_that_it_has() -> None:
    values = pd.DataFrame([["s", "n", "k", "-", "all", "q", value] for value in (1.0, 2.0, 6.0)])
    row = spread(values.set_axis([*KEYS, "value"], axis=1)).iloc[0]
    assert (row["seeds"], row["mean"], row["smallest"], row["largest"]) == (3, 3.0, 1.0, 6.0)
    assert row["standard_deviation"] == pytest.approx(7**0.5)
