from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim import (
    BlockMap,
    Layer,
    LayerTrace,
    NetworkTrace,
    Provenance,
    TracedLayer,
    accelerator,
    simulate,
)
from sim.accelerators.sparse_blox.area import (
    inner_joins,
    irregular_extensions,
    operand_queues,
    sparse_blox,
)
from sim.accelerators.sparse_blox.baselines import BASELINES
from sim.accelerators.sparse_blox.model import BlockSkippingSystolicArray
from sim.accelerators.sparse_blox.savings import savings
from sim.claims import claims
from sim.masks.block_map import BLOCK_SHAPES, block_grid
from tests.reference import blocks as reference
from workflow.steps.simulate import simulated, sweep
from workflow.studies.claims.claims_table import evaluated
from workflow.studies.sparse_blox.area_table import area
from workflow.studies.sparse_blox.blocks_table import rows
from workflow.studies.sparse_blox.claims import EVALUATORS
from workflow.studies.sparse_blox.sparse_blox_table import as_configured, gains

CONV = Layer.conv("conv", 8, 12, 3, stride=2, padding=1, input_size=11)  # 36 pixels, 72 columns
FC = Layer.linear("fc", 64, 10)


def half_empty(layer: Layer, images: int = 2) -> LayerTrace:
    """Half of the channels and some lines of the others are zero."""
    activation = np.ones((images, *layer.input_shape), dtype=bool)
    activation[:, layer.in_channels // 2 :] = False
    activation[:, :4, 2:5] = False
    return LayerTrace(layer, None, activation)  # type: ignore[arg-type]


def with_map(trace: LayerTrace) -> LayerTrace:
    zero = np.zeros((trace.images, *block_grid(trace.layer, 8, 8)), dtype=bool)
    zero[0, 1, :4] = True
    return replace(trace, block_map=BlockMap(8, 8, zero))


def network(*layers: LayerTrace, scheme: str = "dense", suite: str = "imagenet") -> NetworkTrace:
    source = "measured" if scheme == "blockwise" else "modelled"  # it needs trained weights
    provenance = Provenance(suite, "resnet50", scheme, source, source, "made up")
    return NetworkTrace(provenance, tuple(TracedLayer(layer) for layer in layers))


SHAPES = [
    pytest.param(*shape, marks=() if shape in ((8, 8), (1, 16)) else pytest.mark.slow)
    for shape in BLOCK_SHAPES
]


@pytest.mark.parametrize(("width", "height"), SHAPES)
def test_savings_are_those_of_the_blocks_one_by_one(width: int, height: int) -> None:
    trace = with_map(half_empty(CONV))
    zero = reference.zero_blocks(trace, width, height)
    natural = reference.zero_blocks(replace(trace, block_map=None), width, height)
    saved = savings(trace, width, height)
    assert (saved.blocks, saved.zero_blocks) == (zero.size, zero.sum())
    assert saved.natural_zero_blocks == natural.sum()
    assert (width, height) != (8, 8) or natural.sum() < zero.sum()
    assert saved.padded_macs == zero.size * width * height * 12
    assert saved.padded_macs_saved == zero.sum() * width * height * 12
    values = sum(
        min(width, 72 - across * width) * min(height, 36 - down * height)
        for _, down, across in np.argwhere(zero)
    )
    assert saved.im2col_bytes == 2 * 72 * 36
    assert saved.im2col_bytes_saved == values
    assert (saved.macs, saved.macs_saved) == (2 * 72 * 36 * 12, values * 12)
    assert saved.weight_bytes == 2 * 8 * 9 * 12
    assert saved.output_bytes == 2 * 36 * 12


def test_table_sums_convolutions_per_image_and_leaves_the_fc_layer_out() -> None:
    trace = half_empty(CONV)
    table = pd.DataFrame(rows(network(trace, trace, half_empty(FC)))).set_index("block")
    saved = savings(trace, 8, 8)
    assert list(table.index) == ["8x8", "16x16", "1x16", "4x4"]
    row = table.loc["8x8"]
    assert row["blocks_per_image"] == 2 * 5 * 9
    assert row["zero_blocks_per_image"] == saved.zero_blocks
    assert row["transfers_saved_percent"] == 100 * saved.zero_blocks / saved.blocks
    moved = saved.im2col_bytes + saved.weight_bytes + saved.output_bytes
    assert row["bytes_saved_percent"] == 100 * saved.im2col_bytes_saved / moved
    assert row["macs_saved_percent"] > 0


def events(*traces: NetworkTrace, swept: bool = False) -> pd.DataFrame:
    frames = [
        pd.DataFrame(rows)
        for trace in traces
        for name in (*BASELINES, *BASELINES.values())
        for rows in simulated(trace, name, [{}, *(sweep(name) if swept else [])])
    ]
    return pd.concat(frames, ignore_index=True).fillna(0)


def test_gains_are_over_the_same_design_without_a_map() -> None:
    trace = half_empty(CONV)
    both = as_configured(events(network(trace, half_empty(FC))))
    assert not {"parameter", "value"} & set(both)
    for subject, baseline in BASELINES.items():
        table = both[both["accelerator"] == subject].set_index("layers")
        skipping, plain = (simulate(trace, accelerator(name)) for name in (subject, baseline))
        assert table.loc["conv_only", "speedup"] == plain.cycles / skipping.cycles > 1.2
        assert table.loc["conv_only", "cycles_per_image"] == skipping.cycles / 2
        assert table.loc["all", "cycles_per_image"] > skipping.cycles / 2
        assert table.loc["conv_only", "energy_reduction"] > 1


def test_each_run_is_compared_with_its_own_baseline() -> None:
    dense, pruned = (
        network(half_empty(CONV)),
        network(with_map(half_empty(CONV)), scheme="blockwise"),
    )
    table = as_configured(events(pruned, dense))
    assert list(dict.fromkeys(table["scheme"])) == ["blockwise", "dense"]
    alone = as_configured(events(dense))
    together = table[table["scheme"] == "dense"].reset_index(drop=True)
    pd.testing.assert_frame_equal(together, alone)


def test_sensitivity_sets_both_sides_and_covers_every_assumed_parameter() -> None:
    table = gains(events(network(half_empty(CONV)), swept=True))
    table = table[table["layers"] == "conv_only"]
    rows = table[table["accelerator"] == "sparse_blox"].set_index(["parameter", "value"])
    names = ("sparse_blox", "sparse_blox_dense")
    arrays = [accelerator(name, columns=32) for name in names]
    cycles = [simulate(half_empty(CONV), array).cycles for array in arrays]
    assert rows.loc[("columns", "32"), "speedup"] == cycles[1] / cycles[0]
    assert rows.loc[("block_height", "4"), "speedup"] != rows.loc[("", ""), "speedup"]
    assert {"rows", "fold_overlap", "im2col_source"} <= set(rows.index.get_level_values(0))


def test_area_adds_parts_up_and_memory_for_the_largest_map() -> None:
    array = accelerator("sparse_blox")
    assert isinstance(array, BlockSkippingSystolicArray)
    table = area([half_empty(CONV), half_empty(FC)], array)
    assert set(table["map_bits"]) == {5 * 9}
    sums = table.groupby("extension")["part_transistors"].sum()
    totals = table.groupby("extension")["transistors"].first()
    assert sums.equals(totals.rename("part_transistors"))
    ratios = table.groupby("extension")["ratio_to_sparse_blox"].first()
    assert ratios.to_dict() == pytest.approx((totals / sparse_blox(8, 8).transistors).to_dict())
    assert ratios.max() > 2
    memory = sparse_blox(8, 8, own_map_bits=45).transistors - sparse_blox(8, 8).transistors
    assert memory == 45 * 6


def test_area_counts_a_small_case_by_hand() -> None:
    # Two values of 8 bits: one 9-bit adder; 4 values per block: 10-bit sums.
    parts = {part.name: part for part in sparse_blox(2, 2).parts}
    assert parts["adder tree"].total == 9 * 28
    assert parts["accumulator, comparator"].count == 20
    four = {part.name: part for part in sparse_blox(4, 1).parts}
    assert four["adder tree"].count == 9 + 9 + 10
    queues = {part.name: part for part in operand_queues(2, 3, 2, 2).parts}
    assert queues["queues"].count == 6 * 2 * 2 * 16
    joins = {part.name: part for part in inner_joins(1, 1, 4).parts}
    assert joins["prefix sums"].count == 2 * (3 * 1 + 2 * 2)


def test_area_of_all_but_the_inner_join_grows_with_the_array_alone() -> None:
    for small, large in zip(irregular_extensions(8, 8), irregular_extensions(16, 8), strict=True):
        assert large.transistors == 2 * small.transistors


def tables(*networks: NetworkTrace) -> dict[str, pd.DataFrame]:
    array = accelerator("sparse_blox")
    assert isinstance(array, BlockSkippingSystolicArray)
    counts = [row for network in networks for row in rows(network)]
    return {
        "sparse_blox_blocks": pd.DataFrame(counts),
        "sparse_blox_area": area([half_empty(CONV)], array),
    }


def test_every_claim_has_an_evaluator() -> None:
    names = {name for name, claim in claims().items() if claim.system == "Sparse-Blox"}
    assert set(EVALUATORS) == names


def test_without_trained_weights_the_claims_say_so_beside_the_natural_zeros() -> None:
    small = network(half_empty(CONV), suite="shapes")
    table = evaluated(
        ["workflow.studies.sparse_blox.claims"], tables(small, network(half_empty(CONV)))
    )
    row = table[table["claim"] == "blox-resnet50-transfers"]
    assert list(row["verdict"]) == ["needs trained weights"]
    expected = savings(half_empty(CONV), 8, 8)
    natural = 100 * expected.zero_blocks / expected.blocks
    assert row["here"].iloc[0] == pytest.approx(natural)
    assert "imagenet.networks.resnet50" in row["reason"].iloc[0]
    areas = table[table["claim"] == "blox-area"]
    assert len(areas) == 2 * len(irregular_extensions(8, 8))


def test_thresholds_on_full_size_networks_are_judged_and_small_ones_only_in_percent() -> None:
    pruned = network(with_map(half_empty(CONV)), scheme="blockwise")
    narrow = network(with_map(half_empty(CONV)), scheme="blockwise", suite="shapes")
    table = evaluated(
        ["workflow.studies.sparse_blox.claims"], tables(network(half_empty(CONV)), narrow, pruned)
    )
    share = table[table["claim"] == "blox-resnet50-macs-share"]
    assert set(share["suite"]) == {"shapes", "imagenet"}
    assert "needs trained weights" not in set(share["verdict"])
    absolute = table[table["claim"] == "blox-resnet50-macs"]
    assert list(absolute["suite"]) == ["imagenet"]
    saved = savings(with_map(half_empty(CONV)), 8, 8).padded_macs_saved
    assert absolute["here"].iloc[0] == pytest.approx(saved / 2 / 1e6)
