import pandas as pd
import pytest

from workflow.studies.sense import dram_figure as sense_dram
from workflow.studies.sense import sensitivity_figure as sense_sensitivity
from workflow.studies.sense import speedup_figure as sense_speedup
from workflow.studies.sense import throughput_figure as sense_throughput


def bar_heights(figure) -> set[float]:
    return {round(bar.get_height(), 6) for axes in figure.axes for bar in axes.patches} - {0.0}


def test_speedup_bars_are_the_array_speedups_of_the_three_mechanisms() -> None:
    rows = [
        ("conv_only", "clustering", 1.2),
        ("conv_only", "balanced weights", 1.4),
        ("conv_only", "both", 1.7),
        ("conv_only", "neither", 1.0),
        ("all", "both", 9.0),
    ]
    table = pd.DataFrame(rows, columns=["layers", "mechanism", "array_speedup"])
    figure = sense_speedup.draw(
        table.assign(suite="digits", network="vgg16", array_two_sided_bound=3.0)
    )
    assert bar_heights(figure) == {1.2, 1.4, 1.7}


def test_dram_stacks_split_batches_and_leave_fc_layers_out() -> None:
    rows = [
        ("sense", 1, "conv", "weight", 2e6),
        ("sense", 4, "conv", "weight", 1e6),
        ("sense", 4, "linear", "weight", 7e6),
        ("eyeriss", 1, "conv", "weight", 5e6),
        ("eyeriss", 4, "conv", "activation", 3e6),
        ("eyeriss", 4, "conv", "weight", 1e6),
        ("eyeriss_chip", 4, "conv", "all", 3e6),
    ]
    table = pd.DataFrame(
        rows, columns=["accelerator", "batch", "layer_kind", "operand", "dram_bytes_per_image"]
    )
    figure = sense_dram.draw(table.assign(suite="imagenet", network="vgg16"))
    left, right = ({bar.get_width() for bar in axes.patches} - {0.0} for axes in figure.axes[:2])
    assert (left, right) == ({0.4, 1.0}, {0.25, 0.75})


@pytest.mark.parametrize("published", [34.0, None])
def test_rates_are_drawn_for_networks_that_have_a_published_one(published: float | None) -> None:
    table = pd.DataFrame(
        {
            "network": ["vgg16", "vgg16"],
            "layers": ["all", "no_linear"],
            "dram_time": ["serial", "serial"],
            "relative_to_published": [0.6, 1.5],
            "published_images_per_second": [published, published],
        }
    )
    assert bar_heights(sense_throughput.draw(table)) == ({0.6} if published else set())


def test_sensitivity_shows_the_speedup_and_the_rate_relative_to_the_configured() -> None:
    rows = [("", "", 2.0, 100.0), ("tile", "7", 1.5, 80.0), ("tile", "14", 1.8, 120.0)]
    columns = ["parameter", "value", "array_speedup", "images_per_second"]
    table = pd.DataFrame(rows, columns=columns)
    table = table.assign(suite="imagenet", network="vgg16", layers="conv_only")
    smaller = table.assign(suite="digits", array_speedup=9.0)
    left, right = sense_sensitivity.draw(pd.concat([smaller, table])).axes[:2]
    names = [label.get_text() for label in left.get_yticklabels()]
    assert names == ["side of a tile, pixels: 14", "side of a tile, pixels: 7", "as configured"]
    assert left.lines[0].get_xdata().tolist() == [1.8, 1.5, 2.0]
    assert right.lines[0].get_xdata().tolist() == [1.2, 0.8, 1.0]
