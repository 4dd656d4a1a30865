"""What the checks rest on: sizes, masks, and the yardsticks that no source gives."""

import ast
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.graph.layer_table import layer_table
from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings
from sim import Layer, LayerTrace, accelerator, configurations, simulate
from workflow.studies.trust.comparison import Check, Comparison, reference
from workflow.studies.trust.oracles import eyeriss_v2_pe, scnn_published, sparseloop, spex

TESTS = Path(__file__).parents[1]


def test_a_limit_counts_only_what_exceeds_it() -> None:
    cases = [Comparison("below", 0.1, 0.2), Comparison("above", 0.3, 0.2)]
    bound = Check("m", "o", "q", "bound", lambda: cases)
    assert bound.cases()["error"].tolist() == pytest.approx([0.0, 0.5])
    published = Check("m", "o", "q", "published", lambda: cases)
    assert published.cases()["error"].tolist() == pytest.approx([-0.5, 0.5])


def test_sparseloop_has_every_shape_at_four_densities_of_six_designs() -> None:
    table = reference("sparseloop_tensor_cores.csv")
    assert len(table) == 6 * 4 * 4
    assert not table.duplicated(["design", "m", "k", "n", "weight_density"]).any()
    dense = table[table["design"] == "tc"]
    assert (dense["cycles"] == dense["m"] * dense["k"] * dense["n"] // 1024).all()


@pytest.mark.parametrize("density", sparseloop.KEPT)
def test_pruned_products_keep_the_bound_of_the_stored_density(density: float) -> None:
    row = pd.Series({"m": 8, "k": 24, "n": 4, "weight_density": density})
    weight = sparseloop.product(row, pruned=True).weight
    assert weight.mean() == pytest.approx(density, abs=1e-3)
    blocks = weight.reshape(8, 6, 4).sum(axis=-1)
    assert blocks.max() <= (4 if density == 1 else 2)


@pytest.mark.parametrize("coded", [False, True])
def test_formats_of_the_other_flexible_cores_give_their_outputs(coded: bool) -> None:
    design = "stc_flexible_rle" + ("_dual_compress" if coded else "")
    table = reference("sparseloop_tensor_cores.csv")
    kept_of, index_bytes = {1.0: 1, 0.5: 4, 0.3333: 6, 0.25: 8}, {1: 0, 4: 2, 6: 2, 8: 4}
    rows = table[table["design"] == design]
    assert len(rows) == 16
    for row in rows.itertuples():
        block = kept_of[row.weight_density]
        places = row.k if block == 1 else 2 * math.ceil(row.k / block)
        array = math.ceil(row.m / 64) * math.ceil(places / 16) * row.n
        span = 16 if block == 1 else 8 * block
        inputs = span * (row.activation_density + 1 / 8) if coded else span
        waiting = math.ceil(array * (inputs + 8 + index_bytes[block]) / 42)
        assert max(array, waiting) == pytest.approx(row.cycles, abs=1 if coded else 0)


def test_dcnn_is_a_dense_array_that_only_tiles_leave_idle() -> None:
    whole = Layer.conv("whole", 16, 32, 3, padding=1, input_size=(16, 24))
    assert scnn_published.dcnn_cycles([whole]) == whole.dense_macs // 1024
    ragged = Layer.conv("ragged", 16, 32, 3, padding=1, input_size=(17, 24))
    wide = Layer.conv("wide", 17, 32, 1, input_size=(8, 8))
    assert scnn_published.dcnn_cycles([ragged]) == 3 * 3 * 32 * 9
    assert scnn_published.dcnn_cycles([wide, whole]) == 32 * 2 + 2 * 3 * 32 * 9


def test_a_pe_that_works_is_idle_only_by_fragmentation() -> None:
    trace = LayerTrace.of(Layer.conv("c", 8, 4, 1, input_size=(8, 8)))
    events = simulate(trace, accelerator("scnn"))
    assert scnn_published.working_utilisation(events) == pytest.approx(0.25)


def test_networks_of_scnn_have_its_72_layers() -> None:
    counts = reference("scnn_layers.csv")["network"].value_counts()
    assert counts.to_dict() == {"googlenet": 54, "vgg16": 13, "alexnet": 5}


def test_inputs_of_scnn_layers_fit_the_layer_before() -> None:
    """In VGG-16, channels follow on; in an inception module every branch reads the same input."""
    table = reference("scnn_layers.csv")
    vgg = table[table["network"] == "vgg16"]
    for before, after in pairwise(vgg.to_dict("records")):
        assert before["out_channels"] == after["in_channels"]
    inception = table[table["network"] == "googlenet"]
    readers = inception[~inception["layer"].str.contains("_3x3$|_5x5$")]
    module = readers["layer"].str[:2]
    assert (readers.groupby(module)["in_channels"].agg(lambda read: len(set(read))) == 1).all()


def test_granularity_trades_pes_for_multipliers() -> None:
    large = accelerator("scnn", **scnn_published.FEW_LARGE_PES)
    assert large.multipliers == accelerator("scnn").multipliers


@pytest.mark.parametrize("network", ["resnet50", "yolov5s"])
def test_layers_of_spex_are_those_that_the_project_builds(network: str) -> None:
    settings = FullSizeSettings()
    form = settings.shape.form(network)
    module = full_size_network(network, settings, weights=False)
    built = layer_table(module, (form.channels, form.height, form.width))
    # Its sizes say nothing of what a layer adds to its output.
    bare = [replace(layer, residual_elements=0) for layer in built]
    assert spex.convolutions(network) == [layer for layer in bare if not layer.is_linear]


def test_published_totals_lie_between_the_quotients_that_round_to_them() -> None:
    table = reference("spex_published.csv").set_index("network")
    for comparison in spex.totals():
        row = table.loc[comparison.case]
        assert row["low"] < comparison.modelled < row["high"]
        assert row["low"] < comparison.reference < row["high"]


def test_depthwise_truth_of_the_masked_layer_is_that_of_dense_weights() -> None:
    (row,) = reference("eyeriss_v2_depthwise_mask.csv").to_dict("records")
    (layer,) = (e.layer for e in eyeriss_v2_pe.chip_layers() if e.layer.name == row["layer"])
    weights = layer.out_channels * layer.window
    assert layer.output_pixels == row["output_pixels"]
    assert row["stated_pe_cycles"] == weights * row["output_pixels"]
    (comparison,) = eyeriss_v2_pe.depthwise_mask()
    assert comparison.modelled == row["nonzero_weights"] * row["output_pixels"] == 140_160


def test_every_model_has_a_loop_reference_or_an_oracle() -> None:
    listed = reference("loop_references.csv")["model"].str.split(", ").explode()
    assert set(listed) == set(configurations())


@pytest.mark.parametrize("row", reference("loop_references.csv").to_dict("records"), ids=str)
def test_loop_references_are_compared_as_often_as_the_table_says(row: dict[str, str]) -> None:
    tree = ast.parse((TESTS / "sim" / f"{row['test_module']}.py").read_text())
    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    assert any(name.startswith("tests.reference") for name in imported)
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))
    (test,) = (function for function in functions if function.name == row["test"])
    assert _examples(test) == row["cases"]


def _examples(test: ast.FunctionDef) -> int:
    """Cases of a whole run: what `examples` is given for `max_examples`, or what stands there."""
    calls = [d for d in test.decorator_list if isinstance(d, ast.Call)]
    names = {getattr(call.func, "id", ""): call for call in calls}
    assert "given" in names
    keywords = names["settings"].keywords if "settings" in names else []
    values = [keyword.value for keyword in keywords if keyword.arg == "max_examples"]
    values = [value.args[0] if isinstance(value, ast.Call) else value for value in values]
    stated = [value.value for value in values if isinstance(value, ast.Constant)]
    return int(stated[0]) if stated else 100


def test_few_zeros_are_drawn_as_often_as_stated() -> None:
    trace = scnn_published.sweep_traces(0.4, 1.0)[2]
    assert trace.weight_density == pytest.approx(0.4, abs=0.01)
    assert np.all(trace.activation)
