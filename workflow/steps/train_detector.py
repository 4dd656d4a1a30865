"""Train one detector: `python -m workflow.steps.train_detector --help`."""

import argparse
from pathlib import Path
from typing import Any

from torch import nn

from models.datasets.canvases import NAME
from models.datasets.detection_files import read_detection_set
from models.datasets.detection_set import DetectionSet
from models.detection.head import head_of
from models.detection.loss import LossWeights
from models.detection.metric import mean_average_precision
from models.detection.procedure import train_detector
from models.training import TrainingLog
from workflow.cli import run, settings
from workflow.steps.train_settings import TrainSettings
from workflow.steps.train_step import train_and_write


def train_network(
    data: DetectionSet, network: str, train_settings: TrainSettings, checkpoint: Path, metrics: Path
) -> None:
    """Train, then write weights and figures."""

    def fit(module: nn.Module) -> tuple[TrainingLog, dict[str, Any]]:
        log = train_detector(module, data, train_settings, LossWeights())
        precision = mean_average_precision(module, head_of(module), data.test)
        return log, {
            "anchors_pixels": head_of(module).anchors.tolist(),
            "train_images": len(data.train),
            "test_images": len(data.test),
            "map_50_percent": precision.at_50,
            "map_50_95_percent": precision.at_50_95,
        }

    train_and_write(data, network, train_settings, fit, checkpoint, metrics)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", required=True, help="yolov5s or yolov5s_relu")
    parser.add_argument("--settings", required=True, help="JSON object: recipe, width, seed")
    parser.add_argument("--dataset", required=True, type=Path, help="of the canvases step")
    parser.add_argument("--checkpoint", required=True, type=Path, help="safetensors to write")
    parser.add_argument("--metrics", required=True, type=Path, help="JSON to write")
    given = parser.parse_args()
    train_settings = settings(TrainSettings, given.settings)
    data = read_detection_set(given.dataset, NAME, train_settings.seed)
    train_network(data, given.network, train_settings, given.checkpoint, given.metrics)


if __name__ == "__main__":
    run(main)
