import pandas as pd
import pytest
from matplotlib.figure import Figure

from workflow.studies.sparse_blox import gains_figure as sparse_blox_gains
from workflow.studies.sparse_blox import natural_figure as sparse_blox_natural
from workflow.studies.sparse_blox import sensitivity_figure as sparse_blox_sensitivity


def bar_heights(figure: Figure) -> list[set[float]]:
    return [{round(bar.get_height(), 6) for bar in axes.patches} - {0.0} for axes in figure.axes]


def test_natural_zeros_stand_below_the_published_value_of_the_network() -> None:
    rows = [
        ("resnet50", "photographs", "8x8", 5.0),
        ("resnet50", "iid", "8x8", 0.1),
        ("vgg16", "spatial", "1x16", 3.0),
    ]
    columns = ["network", "source", "block", "natural_zero_blocks_percent"]
    claims = pd.DataFrame({"claim": ["blox-resnet50-transfers"], "published_low": [18.9]})
    figure = sparse_blox_natural.draw(pd.DataFrame(rows, columns=columns), claims)
    assert bar_heights(figure) == [{3.0}, {5.0, 0.1}]
    vgg, resnet = figure.axes
    lines = [list(line.get_ydata()) for line in resnet.lines if len(line.get_ydata()) == 2]
    assert [18.9, 18.9] in lines
    assert [18.9, 18.9] not in [list(line.get_ydata()) for line in vgg.lines]


def test_gains_are_those_of_convolutions_in_a_panel_per_suite_and_quantity() -> None:
    rows = [
        ("imagenet", "resnet50", "dense", "sparse_blox", "conv_only", 1.03, 1.02),
        ("imagenet", "resnet50", "dense", "sparse_blox", "all", 9.0, 9.0),
        ("shapes", "resnet50", "blockwise", "sparse_blox_vector", "conv_only", 1.4, 1.1),
    ]
    columns = ["suite", "network", "scheme", "accelerator", "layers", "speedup", "energy_reduction"]
    figure = sparse_blox_gains.draw(pd.DataFrame(rows, columns=columns).assign(two_sided_bound=2.0))
    assert bar_heights(figure) == [{1.03}, {1.4}, {1.02}, {1.1}]
    labels = {text.get_text() for text in figure.legends[0].get_texts()}
    assert {"systolic array, no threshold", "vector unit, thresholds"} <= labels


@pytest.mark.parametrize("design", ["sparse_blox", "sparse_blox_vector"])
def test_sensitivity_has_a_line_per_value_the_configured_on_top(design: str) -> None:
    rows = [("", "", 1.2, 1.1, 1.0), ("rows", "16", 1.1, 1.05, 1.0), ("rows", "4", 1.4, 1.2, 1.0)]
    columns = ["parameter", "value", "speedup", "energy_reduction", "dram_reduction"]
    gains = pd.DataFrame(rows, columns=columns).assign(layers="conv_only", accelerator=design)
    other = ({"sparse_blox", "sparse_blox_vector"} - {design}).pop()
    table = pd.concat([gains, gains.head(1).assign(accelerator=other)], ignore_index=True)
    figure = sparse_blox_sensitivity.draw(table)
    panel = figure.axes[design == "sparse_blox_vector"]
    labels = [text.get_text() for text in panel.get_yticklabels()]
    assert labels == ["rows: 4", "rows: 16", "as configured"]
    assert list(panel.lines[0].get_xdata()) == [1.4, 1.1, 1.2]
