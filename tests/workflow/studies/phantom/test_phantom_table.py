import pandas as pd
import pytest

from sim import Layer, NetworkTrace, accelerator
from sim.footing import footing
from tests.workflow.random_traces import random_trace
from workflow.events import simulate_network
from workflow.steps.simulate import sweep
from workflow.studies.claims.claims_table import evaluated
from workflow.studies.phantom import gains_figure as phantom_gains
from workflow.studies.phantom import idle_figure as phantom_idle
from workflow.studies.phantom import layers_figure as phantom_layers
from workflow.studies.phantom import sensitivity_figure as phantom_sensitivity
from workflow.studies.phantom import speedup_figure
from workflow.studies.phantom.claims import EVALUATORS
from workflow.studies.phantom.idle_table import phantom_idle as idle_table
from workflow.studies.phantom.layers_table import phantom_layers as layers_table
from workflow.studies.phantom.phantom_table import phantom
from workflow.studies.phantom.sensitivity_table import phantom_sensitivity as sensitivity_table
from workflow.variants import variant_text

NETWORKS = ("vgg16", "lenet5")
DESIGNS = ("phantom_2d", "scnn", "dense_ideal", "dense_mapped")


def _trace(network: str) -> NetworkTrace:
    layers = [
        Layer.conv("conv", 8, 32, 3, padding=1, input_size=(16, 16)),
        Layer.conv("dw", 32, 32, 3, padding=1, input_size=(16, 16), groups=32),
        Layer.linear("fc", 64, 10),
    ]
    return random_trace(layers, (0.3, 0.5), images=2, seed=5, network=network)


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    frames = [
        simulate_network(_trace(network), name, accelerator(name))
        for network in NETWORKS
        for name in DESIGNS
    ]
    return pd.concat(frames, ignore_index=True).fillna(0)


@pytest.fixture(scope="module")
def at_one_size() -> pd.DataFrame:
    """The same designs on the common footing."""
    common = footing()
    frames = [
        simulate_network(
            _trace(network), name, common.design(name).build(0), footing=common.label(0)
        )
        for network in NETWORKS
        for name in DESIGNS
    ]
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def table(events: pd.DataFrame, at_one_size: pd.DataFrame) -> pd.DataFrame:
    stacked = pd.concat([events, at_one_size], ignore_index=True)
    numbers = stacked.select_dtypes("number").columns
    stacked[numbers] = stacked[numbers].fillna(0)
    return phantom(stacked)


def _row(
    table: pd.DataFrame,
    subject: str,
    baseline: str,
    network: str = "vgg16",
    layers: str = "all",
) -> pd.Series:
    wanted = (table["accelerator"] == subject) & (table["baseline"] == baseline)
    wanted &= (table["network"] == network) & (table["layers"] == layers)
    (row,) = (row for _, row in table[wanted].iterrows())
    return row


def test_speedups_compare_runs_of_one_size_or_of_their_own(
    events: pd.DataFrame, at_one_size: pd.DataFrame, table: pd.DataFrame
) -> None:
    cycles = events[events["network"] == "vgg16"].groupby("accelerator")["cycles"].sum()
    equal = at_one_size[at_one_size["network"] == "vgg16"].groupby("accelerator")["cycles"].sum()
    row = _row(table, "phantom_2d", "scnn")
    assert row["speedup_as_configured"] == pytest.approx(cycles["scnn"] / cycles["phantom_2d"])
    assert row["speedup_equal_multipliers"] == pytest.approx(
        equal["scnn"] * 1024 / (equal["phantom_2d"] * 1008)
    )
    scaled = cycles["scnn"] * 1024 / (cycles["phantom_2d"] * 252)
    assert row["speedup_equal_multipliers"] != pytest.approx(scaled, rel=0.05)


def test_without_runs_of_one_size_nothing_is_scaled_to_it(events: pd.DataFrame) -> None:
    table = phantom(events)
    assert table["speedup_equal_multipliers"].isna().all()
    assert table["speedup_as_configured"].notna().all()
    assert not EVALUATORS["phantom-vs-scnn"]({"phantom": table})


def test_the_headroom_over_an_ideal_array_is_the_two_sided_bound(table: pd.DataFrame) -> None:
    row = _row(table, "phantom_2d", "dense_ideal")
    # on one footing the dense array waits for the weights of the FC layer too
    assert row["headroom"] > 1.05 * row["two_sided_bound"]
    row = _row(table, "phantom_2d", "dense_ideal", layers="conv_only")
    # the ideal array rounds its cycles up once per layer and image
    assert row["headroom"] == pytest.approx(row["two_sided_bound"], rel=0.05)
    assert (table["speedup_equal_multipliers"] <= table["headroom"] * (1 + 1e-9)).all()


def test_ratios_chain_over_a_common_dense_array(table: pd.DataFrame) -> None:
    over_dense = _row(table, "phantom_2d", "dense_ideal")["speedup_equal_multipliers"]
    scnn = _row(table, "scnn", "dense_ideal")["speedup_equal_multipliers"]
    direct = _row(table, "phantom_2d", "scnn")["speedup_equal_multipliers"]
    assert direct == pytest.approx(over_dense / scnn)


def test_the_mean_is_over_the_networks(table: pd.DataFrame) -> None:
    networks = [
        _row(table, "phantom_2d", "scnn", network)["speedup_equal_multipliers"]
        for network in ("vgg16", "lenet5")
    ]
    mean = _row(table, "phantom_2d", "scnn", "mean")["speedup_equal_multipliers"]
    assert mean == pytest.approx((networks[0] * networks[1]) ** 0.5)


def test_shares_of_an_accelerator_add_up_to_a_hundred(events: pd.DataFrame) -> None:
    shares = idle_table(events)
    sums = shares.groupby(["network", "layers", "accelerator"])["slots_percent"].sum()
    assert sums.to_numpy() == pytest.approx(100)
    assert set(shares[shares["accelerator"] == "dense_ideal"]["cause"]) >= {"zero_operand"}


def test_no_layer_beats_its_bound(events: pd.DataFrame) -> None:
    layers = layers_table(events)
    assert (layers["speedup_over_dense_ideal"] <= layers["two_sided_bound"] * (1 + 1e-9)).all()
    rows = layers[(layers["network"] == "vgg16") & (layers["accelerator"] == "scnn")]
    assert list(rows["layer_index"]) == [1, 2, 3]


@pytest.fixture(scope="module")
def sensitivity() -> pd.DataFrame:
    frames = []
    for overrides in [{}, *sweep("phantom_2d")]:
        model = accelerator("phantom_2d", **overrides)
        frame = simulate_network(_trace("vgg16"), "phantom_2d", model)
        frames.append(frame.assign(variant=variant_text(overrides)))
    return sensitivity_table(pd.concat(frames, ignore_index=True))


def test_every_assumed_parameter_is_in_the_sensitivity_table(sensitivity: pd.DataFrame) -> None:
    assert set(sensitivity["status"]) == {"assumed"}
    configured = sensitivity[sensitivity["is_configured"]]
    assert len(configured) == sensitivity["parameter"].nunique()
    assert (configured["speedup_relative_to_configured"] == 1).all()
    shorter = sensitivity[sensitivity["parameter"] == "lookahead"].set_index("value")
    assert (
        shorter.loc["3", "speedup_over_dense_ideal"] < shorter.loc["27", "speedup_over_dense_ideal"]
    )


def test_each_claim_is_evaluated_with_the_room_there_is(table: pd.DataFrame) -> None:
    claims = evaluated(["workflow.studies.phantom.claims"], {"phantom": table})
    dense = claims[claims["claim"] == "phantom-vs-dense"]
    assert len(dense) == 4  # two dense arrays, with and without FC layers, one network named
    assert set(dense["verdict"]) <= {"same direction", "not reproduced", "reproduced within 10 %"}
    assert dense["reason"].str.contains("can exceed").all()
    assert set(EVALUATORS) == {
        "phantom-vs-dense",
        "phantom-vs-scnn",
        "phantom-vs-sparten",
        "phantom-vs-eyeriss-v2",
    }


def test_figures_draw_what_the_tables_hold(
    events: pd.DataFrame, table: pd.DataFrame, sensitivity: pd.DataFrame
) -> None:
    bars = speedup_figure.draw(table).axes[0].patches
    heights = [bar.get_height() for bar in bars]  # type: ignore[attr-defined]
    expected = _row(table, "scnn", "dense_ideal")["speedup_equal_multipliers"]
    assert any(height == pytest.approx(expected) for height in heights)
    claims = evaluated(["workflow.studies.phantom.claims"], {"phantom": table})
    assert len(phantom_gains.draw(table, claims).axes[0].get_xticks()) == 3
    assert phantom_layers.draw(layers_table(events)).axes[0].get_title().startswith("VGG-16")
    stacks = phantom_idle.draw(idle_table(events)).axes[0]
    assert stacks.get_xlim() == (0, 100)
    titles = [panel.get_title() for panel in phantom_sensitivity.draw(sensitivity).axes]
    assert "look-ahead, entries" in titles
    assert "weight buffer, KiB" not in titles
