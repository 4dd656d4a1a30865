import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.bars import bar_bounds, grouped_bars
from workflow.drawing.shared import PAGE_INCHES


def test_what_has_no_value_gets_no_bar_and_what_has_no_row_no_legend() -> None:
    panel = Figure().subplots()
    rows = pd.DataFrame({"n": ["a", "b"], "s": ["x", "x"], "v": [1.0, None]})
    grouped_bars(panel, rows, ("n", "s", "v"), ["a", "b"], {"x": "red", "y": "blue"})
    assert [bar.get_height() for bar in panel.patches] == [1.0]
    assert panel.get_legend_handles_labels()[1] == ["x"]


def _heights(networks: int) -> list[float]:
    """Of the bounds that are written, one per network, in points below the top edge."""
    names = [f"network {n}" for n in range(networks)]
    panel = Figure(figsize=(PAGE_INCHES / 4, 2.0)).subplots()
    bar_bounds(panel, pd.DataFrame({"network": names, "v": 1.0, "two_sided_bound": 12.5}), "v")
    return [text.xyann[1] for text in panel.texts]


def test_bounds_beyond_the_axis_stand_on_two_lines_only_where_one_is_too_narrow() -> None:
    assert len(set(_heights(3))) == 1
    crowded = _heights(6)
    assert crowded[0::2] == crowded[:1] * 3
    assert crowded[1::2] == crowded[1:2] * 3
    assert crowded[0] - crowded[1] >= 8
