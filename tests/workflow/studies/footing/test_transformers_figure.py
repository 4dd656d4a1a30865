import pandas as pd
import pytest

from sim import Layer, matmul
from sim.footing import footing
from tests.workflow.random_traces import random_trace
from workflow.event_rows import network_rows
from workflow.studies.comparison.refusals_table import refusals
from workflow.studies.footing.footing_table import footing_table
from workflow.studies.footing.transformers_figure import (
    ENERGY,
    SPEED,
    cases,
    draw,
    whole_and_refusing,
)

FIRST = footing().label(0)


@pytest.fixture(scope="module")
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    layers = [Layer.linear("fc", 32, 32, tokens=8), matmul("qk", 8, 16, 8, batch=2)]
    common = footing()
    frames = [
        pd.DataFrame(network_rows(trace, name, common.design(name).build(0), footing=FIRST))
        for scheme in ("magnitude", "dense")
        for trace in [random_trace(layers, (0.4, 0.6), network="vit", scheme=scheme)]
        for name in ("dense_ideal", "stc", "sparten", "s2ta_w")
    ]
    joined = pd.concat(frames, ignore_index=True)
    numbers = joined.select_dtypes("number").columns
    events = joined.assign(**{column: joined[column].fillna(0) for column in numbers})
    return footing_table(events), refusals(events)


def test_designs_that_refuse_products_are_told_apart_with_what_they_leave_out(
    tables: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    whole, refusing, shares = whole_and_refusing(*tables)
    assert (whole, refusing) == (["dense_ideal", "stc"], ["s2ta_w", "sparten"])
    products, weights = 2 * 8 * 8 * 16, 8 * 32 * 32
    share = 100 * products / (products + weights)
    assert shares[("digits", "vit", "magnitude")] == pytest.approx(share)


def test_a_column_has_speedup_over_energy_and_one_mark_of_each_design(
    tables: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    table, refused = tables
    assert cases(table) == [("digits", "vit", "magnitude")]  # pruned only, where there is any
    speed, energy = draw(table, refused).axes
    assert [panel.get_xlabel() for panel in (speed, energy)] == [
        "speedup per multiplier",
        "energy with DRAM",
    ]
    names = [text.get_text() for text in speed.get_yticklabels()]
    rows = table[table["scheme"] == "magnitude"]
    for panel, column in ((speed, SPEED), (energy, ENERGY)):
        for name, title, layers in (
            ("stc", "2:4 tensor core", "all"),
            ("sparten", "SparTen", "no_products"),
        ):
            row = rows[(rows["accelerator"] == name) & (rows["layers"] == layers)].iloc[0]
            value = row[SPEED] if column == SPEED else 1 / row["energy_reduction"]
            marks = [
                line for line in panel.get_lines() if list(line.get_ydata()) == [names.index(title)]
            ]
            assert [float(line.get_xdata()[0]) for line in marks] == [pytest.approx(value)]
            hollow = [line.get_markerfacecolor() == "none" for line in marks]
            assert hollow == [layers == "no_products"]
