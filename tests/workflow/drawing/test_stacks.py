import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.stacks import stack_lines, stacked_bars

PARTS = pd.DataFrame(
    {"weight": [1.0, 2.0, 0.5], "output": [0.5, 0.0, 0.5], "all": 0.0},
    index=pd.MultiIndex.from_tuples(
        [("vgg16", "sense"), ("vgg16", "eyeriss"), ("resnet50", "sense")],
        names=["network", "accelerator"],
    ),
)


def test_what_was_not_measured_has_neither_bar_nor_label() -> None:
    panel = Figure().subplots()
    stacked_bars(panel, PARTS, ["sense", "eyeriss"])
    names = [label.get_text() for label in panel.get_yticklabels()]
    assert names == ["Sense", "Eyeriss", "Sense"]
    assert [text.get_text() for text in panel.texts] == ["VGG-16", "ResNet-50"]
    assert panel.get_legend_handles_labels()[1] == ["weight", "output"]
    assert stack_lines(PARTS, ["sense"]) < stack_lines(PARTS, ["sense", "eyeriss"])
    lefts = {bar.get_x() for bar in panel.patches if bar.get_width() == 0.5}
    assert lefts == {0.0, 1.0, 0.5}
