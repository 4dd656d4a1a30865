from matplotlib.figure import Figure

from workflow.drawing.labels import PointLabel, label_points


def test_labels_of_points_close_together_do_not_hide_each_other() -> None:
    figure = Figure(figsize=(4, 3), layout="constrained")
    panel = figure.subplots()
    panel.set(xlim=(0, 1), ylim=(0, 1))
    figure.draw_without_rendering()
    points = [(0.5, 0.5), (0.5, 0.52), (0.51, 0.5)]
    label_points(panel, [PointLabel(x, y, f"design {x} {y}", "black") for x, y in points])
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in panel.texts]
    overlaps = [a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[:n]]
    assert overlaps == [False, False, False]
    assert all(panel.bbox.x0 <= box.x0 and box.x1 <= panel.bbox.x1 for box in boxes)
