"""Where classes stand beside boxes that reach the edges of a canvas."""

import torch

from models.datasets.detection_set import Annotated
from workflow.drawing.shared import apply_style
from workflow.studies.accuracy.detections_figure import CANVASES, draw

SIDE = 96


def test_classes_of_boxes_at_the_edges_are_not_cut_off() -> None:
    box = [1.0, 1.0, 20.0, SIDE - 1.0]
    targets = torch.tensor([[[3.0, *box]]]).repeat(CANVASES, 1, 1)
    sources = torch.zeros(CANVASES, 1, dtype=torch.int64)
    test = Annotated(torch.zeros(CANVASES, 1, SIDE, SIDE), targets, sources)
    apply_style()
    figure = draw(test, {"yolov5s": [[(box, "3")] for _ in range(CANVASES)]})
    figure.draw_without_rendering()
    for panel in figure.axes:
        edges = panel.get_window_extent()
        for text in panel.texts:
            extent = text.get_window_extent()
            assert edges.y0 <= extent.y0, text
            assert extent.y1 <= edges.y1, text
