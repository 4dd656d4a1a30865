"""Train one network of one suite: `python -m workflow.steps.train --help`."""

import argparse
from pathlib import Path
from typing import Any

from torch import nn

from models.datasets import Dataset
from models.training import TrainingLog, accuracy, train
from workflow.cli import run, settings
from workflow.steps.train_settings import TrainSettings
from workflow.steps.train_step import train_and_write
from workflow.trained import drawn


def train_network(
    data: Dataset, network: str, train_settings: TrainSettings, checkpoint: Path, metrics: Path
) -> None:
    """Train, then write weights and figures."""

    def fit(module: nn.Module) -> tuple[TrainingLog, dict[str, Any]]:
        log = train(module, data, train_settings)
        return log, {
            "train_images": len(data.train_images),
            "test_images": len(data.test_images),
            "top1": accuracy(module, data.test_images, data.test_labels),
        }

    train_and_write(data, network, train_settings, fit, checkpoint, metrics)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", required=True, help="digits or shapes")
    parser.add_argument("--network", required=True, help="lenet5, alexnet, ...")
    parser.add_argument("--settings", required=True, help="JSON object: recipe, width, seed")
    parser.add_argument("--dataset", type=Path, help="of the dataset step; else drawn again")
    parser.add_argument("--checkpoint", required=True, type=Path, help="safetensors to write")
    parser.add_argument("--metrics", required=True, type=Path, help="JSON to write")
    given = parser.parse_args()
    train_settings = settings(TrainSettings, given.settings)
    data = drawn(given.suite, train_settings.seed, given.dataset)
    train_network(data, given.network, train_settings, given.checkpoint, given.metrics)


if __name__ == "__main__":
    run(main)
