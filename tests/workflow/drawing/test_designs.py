import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.styles import design_style
from workflow.drawing.designs import (
    MEAN,
    design_rows,
    label_columns,
    network_means,
    ratio_axis,
    ratio_limits,
    scheme_by_suite,
    times,
)

ROWS = pd.DataFrame(
    {
        "network": ["vgg16", "resnet50", "vgg16"],
        "accelerator": ["s2ta_aw", "s2ta_aw", "scnn"],
        "speedup_over_dense_ideal": [2.0, 8.0, 1.0],
        "two_sided_bound": [4.0, 16.0, 4.0],
    }
)


def test_a_design_is_its_mean_in_its_look_over_the_span_of_its_networks() -> None:
    panel = Figure().subplots()
    design_rows(panel, ROWS, ["scnn", "s2ta_aw", "sparten"])
    style = design_style("s2ta_aw")
    (mean,) = [line for line in panel.lines if line.get_marker() == style.marker]
    assert (mean.get_xdata()[0], mean.get_ydata()[0]) == (pytest.approx(4.0), 1)
    assert mpl.colors.to_hex(mean.get_color()) == style.colour
    spans = [list(line.get_xdata()) for line in panel.lines if list(line.get_ydata()) == [1, 1]]
    assert [2.0, 8.0] in spans
    bound = next(line for line in panel.lines if str(line.get_label()).startswith("two-sided"))
    assert bound.get_xdata()[0] == pytest.approx(8.0)
    names = [label.get_text() for label in panel.get_yticklabels()]
    assert names == ["SCNN", "S2TA-AW", "SparTen"]


def test_a_mean_in_the_table_is_taken_and_others_are_geometric() -> None:
    values, networks = pd.Series([2.0, 8.0, 3.0]), pd.Series(["a", "b", MEAN])
    assert network_means(values, networks) == 3.0
    assert network_means(values[:2], networks[:2]) == pytest.approx(4.0)


def test_ticks_of_ratios_are_read_as_fractions() -> None:
    assert [times(value) for value in (0.0078125, 0.5, 1.0, 4.0)] == ["1/128x", "1/2x", "1x", "4x"]
    panel = Figure().subplots()
    panel.set_xlim(0.01, 20)
    ratio_axis(panel, most_ticks=4)
    assert 2 <= len(panel.get_xticks()) <= 5
    assert 1.0 in panel.get_xticks()


def test_limits_hold_one_and_every_finite_value() -> None:
    low, high = ratio_limits([2.0, float("inf"), float("nan")], [3.0])
    assert low < 1.0 < 3.0 < high < 5.0


def test_names_stand_left_and_numbers_below_where_a_suite_lacks_a_scheme() -> None:
    rows = pd.DataFrame({"suite": ["a", "b", "b"], "scheme": ["dense", "dense", "dbb"]})

    def draw(panel: Axes, _: pd.DataFrame) -> None:
        panel.set_yticks([0, 1], ["one", "other"])

    figure, panels = scheme_by_suite(rows, draw, 1.0, 0.5)
    label_columns(panels, "what the axis shows")
    figure.draw_without_rendering()
    assert [[panel.axison for panel in line] for line in panels] == [[True, True], [True, False]]
    assert panels[1, 0].get_xlabel() == panels[0, 1].get_xlabel() == "what the axis shows"
    assert panels[0, 1].xaxis.get_ticklabels()[0].get_visible()
    assert all(panel.yaxis.get_ticklabels()[0].get_visible() for panel in panels[:, 0])
