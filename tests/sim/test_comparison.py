import numpy as np
import pytest
from matplotlib.colors import to_rgba

from sim import Layer, LayerTrace, NetworkTrace, Provenance, TracedLayer, UserError, accelerator
from sim.comparison import compare
from sim.layer_costs import ALL_LAYERS
from sim.styles import design_style
from tests.sim.trace_files import both_numbers

LAYERS = (
    Layer.conv("conv", 8, 8, 3, padding=1, input_size=6),
    Layer.conv("depthwise", 8, 8, 3, padding=1, input_size=6, groups=8),
    Layer.linear("fc", 288, 10),
)


def _network() -> NetworkTrace:
    rng = np.random.default_rng(3)
    traces = [
        LayerTrace(
            layer, rng.random(layer.weight_shape) < 0.5, rng.random((2, *layer.input_shape)) < 0.5
        )
        for layer in LAYERS
    ]
    origin = Provenance("toy", "three_layers", "random", "modelled", "modelled", "random masks")
    return NetworkTrace(origin, tuple(TracedLayer(trace) for trace in traces))


def test_a_row_for_each_layer_of_each_design_and_one_for_all_layers() -> None:
    rows = compare(_network(), ["sparten", "sa"]).rows()
    names = ["conv", "depthwise", "fc"]
    assert [(row["accelerator"], row["layer"]) for row in rows] == [
        *(("sparten", name) for name in names),
        *(("sa", name) for name in names),
        ("sparten", ALL_LAYERS),
        ("sa", ALL_LAYERS),
    ]
    assert [row["layer_kind"] for row in rows[:3]] == ["conv", "depthwise", "linear"]
    assert all(set(row) == set(rows[0]) for row in rows)
    assert {row["network"] for row in rows} == {"three_layers"}
    assert {row["data"] for row in rows} == {"random masks"}


def test_the_total_is_the_sum_of_the_layers_and_is_checked_by_hand() -> None:
    comparison = compare(_network(), ["dense_ideal"])
    (total,) = comparison.totals
    dense = 2 * (8 * 8 * 9 * 36 + 8 * 9 * 36 + 2880)
    assert total.events.dense_macs == dense
    assert total.speedup == pytest.approx(1, rel=0.1)  # rounding up in each layer
    row = comparison.rows()[-1]
    layers = comparison.rows()[:-1]
    for column in ("cycles_per_image", "dram_bytes_per_image", "energy_nj_per_image"):
        assert row[column] == pytest.approx(sum(float(layer[column]) for layer in layers))


def test_utilisation_and_idle_shares_fill_every_multiplier_cycle() -> None:
    for row in compare(_network()).rows():
        idle = sum(float(value) for name, value in row.items() if name.startswith("idle_"))
        assert idle + float(row["utilisation"]) == pytest.approx(1), row["accelerator"]


def test_a_design_of_ones_own_size_is_taken_as_it_is() -> None:
    designs = {"small": accelerator("sa", rows=8, columns=8), "large": accelerator("sa")}
    small, large = compare(_network(), designs).totals
    assert (small.accelerator, small.events.multipliers) == ("small", 64)
    assert small.events.cycles > large.events.cycles


class _Refuses:
    multipliers = 4

    def simulate(self, trace: LayerTrace) -> None:
        raise UserError(f"{trace.layer.name}: too good for this")


def test_a_design_that_refuses_a_layer_is_named_with_its_reason_and_has_no_row(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level("WARNING", logger="sim.compared_designs"):
        comparison = compare(_network(), {"proud": _Refuses(), "sa": accelerator("sa")})
    assert caplog.messages == ["proud is left out of the comparison: conv: too good for this"]
    assert comparison.refused == {"proud": "conv: too good for this"}
    assert list(comparison.layers) == ["sa"]


def test_names_are_checked_before_anything_runs() -> None:
    with pytest.raises(UserError, match="sparten"):
        compare(_network(), ["sa", "spartan"])
    with pytest.raises(UserError, match="no accelerator"):
        compare(_network(), [])
    with pytest.raises(UserError, match="names of accelerators second, not ndarray"):
        compare(_network(), np.array(0.0))  # type: ignore[arg-type]


def test_the_table_has_a_line_per_row_and_the_figure_a_bar_per_design() -> None:
    comparison = compare(_network(), ["sa", "sparten"])
    assert len(comparison.frame()) == 8
    (axes,) = comparison.plot().axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["SparTen", "SA"]


def test_a_figure_of_nothing_is_refused_and_one_without_a_bound_has_no_line_for_it() -> None:
    with pytest.raises(UserError, match=r"no design ran it .*proud: conv: too good for this"):
        compare(_network(), {"proud": _Refuses()}).plot()
    layer = Layer.linear("fc", 8, 4)
    zeros = LayerTrace(layer, activation=np.zeros((1, *layer.input_shape), dtype=bool))
    origin = Provenance("toy", "zeros", "random", "modelled", "modelled", "no value at all")
    (axes,) = compare(NetworkTrace(origin, (TracedLayer(zeros),)), ["sparten"]).plot().axes
    assert [line.get_label() for line in axes.lines] == ["that dense array"]


def test_a_design_of_the_users_has_its_name_in_the_figure() -> None:
    (axes,) = compare(_network(), {"mine": accelerator("sa")}).plot().axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["mine"]


def test_at_a_size_every_design_has_as_many_multipliers_as_its_structure_allows() -> None:
    comparison = compare(_network(), ["sa", "sparten", "phantom_2d", "hass"], at=1024)
    sizes = {cost.accelerator: cost.events.multipliers for cost in comparison.totals}
    assert sizes == {"sa": 1024, "sparten": 1024, "phantom_2d": 1008}
    assert "no size on the common footing" in comparison.refused["hass"]
    with pytest.raises(UserError, match="1024 or 2048"):
        compare(_network(), ["sa"], at=1000)
    with pytest.raises(UserError, match="by name"):
        compare(_network(), {"mine": accelerator("sa")}, at=1024)


def test_designs_run_on_either_kind_of_numbers_or_on_both_and_rows_name_them() -> None:
    trace = both_numbers()
    first = compare(trace, ["sparten"])
    assert {row["numbers"] for row in first.rows()} == {"int8"}
    assert first.rows() == compare(trace, ["sparten"], numbers="int8").rows()
    real = compare(trace, ["sparten"], numbers="real")
    both = compare(trace, ["sparten"], numbers="both")
    assert both.rows() == first.rows() + real.rows()
    assert [cost.bound for cost in real.totals] != [cost.bound for cost in first.totals]
    assert {row["data"] for row in real.rows()} == {"numbers as they are"}
    (axes,) = both.plot().axes
    filled, hollow = (bar for bar in axes.patches if bar.get_width())
    assert hollow.get_facecolor()[3] == 0
    assert filled.get_facecolor() == to_rgba(design_style("sparten").colour)
    assert filled.get_width() != hollow.get_width()


def test_numbers_that_were_not_recorded_are_refused_before_anything_runs() -> None:
    trace, told = both_numbers().form("int8"), list[str]()
    for numbers in ("real", "both"):
        with pytest.raises(UserError, match="holds no zeros of real numbers"):
            compare(trace, ["sparten"], progress=told.append, numbers=numbers)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="numbers is 'float'"):
        compare(trace, ["sparten"], numbers="float")  # type: ignore[arg-type]
    assert told == []
