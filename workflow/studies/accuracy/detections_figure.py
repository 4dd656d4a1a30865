"""What each trained detector finds on a few test canvases, beside what is there.

The first test canvases with the digits on them (light blue, class above the box) and what each
trained detector finds with a score of at least 0.3 (orange, class below the box). No image of a
digit on these canvases was seen in training.
"""

import argparse
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from torch import Tensor

from models.checkpoints import Checkpoint
from models.datasets.detection_files import read_detection_set
from models.datasets.detection_set import NO_OBJECT, Annotated
from models.detection.head import head_of
from models.detection.metric import detections
from models.detection.suppression import Selection
from sim import UserError
from workflow.cli import run
from workflow.drawing.shared import (
    PAGE_INCHES,
    PALETTE,
    SMALL_TYPE_POINTS,
    apply_style,
    network_label,
    save,
)
from workflow.trained import network_of, trained_checkpoint

CANVASES = 5
LETTER = 9
"""Height of a class with its room, in pixels of a canvas."""
DRAWN = Selection(least_score=0.3, most_overlap=0.45)
"""Stricter than for mAP, which counts every detection by its score."""
TRUE, DETECTED = PALETTE[9], PALETTE[1]

Row = tuple[list[float], str]
"""Left, top, right, bottom in pixels, and what is written beside it."""


def _boxes(panel: Axes, rows: list[Row], color: tuple[float, ...], above: bool) -> None:
    """Boxes with their classes; the panel shows its canvas already."""
    height = panel.get_ylim()[0]
    for (left, top, right, bottom), text in rows:
        corner = (left - 0.5, top - 0.5)  # pixel centres are whole numbers
        panel.add_patch(
            Rectangle(corner, right - left, bottom - top, fill=False, edgecolor=color, linewidth=1)
        )
        # Where there is no room beyond the box, the class stands within it.
        edge = max(top - 1, LETTER) if above else min(bottom + 1, height - LETTER)
        panel.text(
            left if above else right,
            edge,
            text,
            color=color,
            fontsize=SMALL_TYPE_POINTS,
            ha="left" if above else "right",
            va="bottom" if above else "top",
            clip_on=True,
        )


def _truth(targets: Tensor) -> list[Row]:
    return [(row[1:], f"{row[0]:.0f}") for row in targets.tolist() if row[0] != NO_OBJECT]


def draw(test: Annotated, detected: dict[str, list[list[Row]]]) -> Figure:
    """A row of panels per network.

    Args:
        test: the canvases.
        detected: per network and canvas, what it found.
    """
    count = len(test)
    figure = Figure(
        figsize=(PAGE_INCHES, PAGE_INCHES / count * len(detected) + 0.4), layout="constrained"
    )
    panels = figure.subplots(len(detected), count, squeeze=False)
    for row, (network, canvases) in zip(panels, detected.items(), strict=True):
        row[0].set_ylabel(network_label(network))
        for panel, image, targets, rows in zip(
            row, test.images, test.targets, canvases, strict=True
        ):
            panel.imshow(image[0].numpy(), cmap="gray", interpolation="nearest")
            _boxes(panel, _truth(targets), TRUE, above=True)
            _boxes(panel, rows, DETECTED, above=False)
            panel.set_xticks([])
            panel.set_yticks([])
    handles = [
        Line2D([], [], color=TRUE, label="digit, its class above"),
        Line2D(
            [],
            [],
            color=DETECTED,
            label=f"found (score at least {DRAWN.least_score:g}), class below",
        ),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return figure


def _detected(checkpoint: Checkpoint, images: Tensor) -> list[list[Row]]:
    network = network_of(checkpoint, checkpoint.metadata["network"])
    checkpoint.fill(network.eval())
    (batch,) = detections(network, head_of(network), images, DRAWN)
    return [
        [
            (box, str(label))
            for label, box in zip(labels[kept].tolist(), boxes[kept].tolist(), strict=True)
        ]
        for labels, boxes, kept in zip(batch.labels, batch.boxes, batch.kept, strict=True)
    ]


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+", help="of trained detectors")
    parser.add_argument("--dataset", type=Path, required=True, help="of the canvases step")
    parser.add_argument("--svg", type=Path, required=True)
    parser.add_argument("--png", type=Path, required=True)
    arguments = parser.parse_args()
    apply_style()
    checkpoints = [trained_checkpoint(path) for path in arguments.checkpoints]
    seeds = {checkpoint.metadata["seed"] for checkpoint in checkpoints}
    if len(seeds) != 1:
        raise UserError("the checkpoints were trained with different seeds; expected one data set")
    (seed,) = seeds
    test = read_detection_set(arguments.dataset, "canvases", seed).test.first(CANVASES)
    detected = {
        checkpoint.metadata["network"]: _detected(checkpoint, test.images)
        for checkpoint in checkpoints
    }
    save(draw(test, detected), arguments.svg, arguments.png)


if __name__ == "__main__":
    run(main)
