"""Train one network of one suite: `python -m workflow.scripts.train --help`."""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.checkpoints import save_checkpoint
from models.datasets import Dataset
from models.networks import build, initialise_for_training
from models.training import Recipe, accuracy, repeatable, train
from workflow.cli import run, settings, whole_file
from workflow.trained import drawn


@dataclass(frozen=True, kw_only=True)
class TrainSettings(Recipe):
    """A recipe, and the width of the network; the seed also draws the data and first weights."""

    width: float


def train_network(
    data: Dataset, network: str, chosen: TrainSettings, checkpoint: Path, metrics: Path
) -> None:
    """Train, then write weights and figures."""
    with repeatable(chosen.seed, chosen.threads):
        options = _build_options(data, chosen)
        module = build(network, **options)
        initialise_for_training(module)
        log = train(module, data, chosen)
        figures = {
            "suite": data.name,
            "network": network,
            "parameters": sum(p.numel() for p in module.parameters()),
            "train_images": len(data.train_images),
            "test_images": len(data.test_images),
            "top1": accuracy(module, data.test_images, data.test_labels),
            "epochs": chosen.epochs,
            "steps": log.steps,
            "losses": log.losses,
        }
    metadata = {
        "suite": data.name,
        "network": network,
        "build": options,
        "settings": asdict(chosen),
        "seed": chosen.seed,
    }
    save_checkpoint(checkpoint, module, metadata)
    with whole_file(metrics) as temporary:
        temporary.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n")


def _build_options(data: Dataset, chosen: TrainSettings) -> dict[str, Any]:
    return {
        "num_classes": data.num_classes,
        "in_channels": data.in_channels,
        "width": chosen.width,
        "input_size": data.input_size,
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", required=True, help="digits or shapes")
    parser.add_argument("--network", required=True, help="lenet5, alexnet, ...")
    parser.add_argument("--settings", required=True, help="JSON object: recipe, width, seed")
    parser.add_argument("--dataset", type=Path, help="of the dataset step; else drawn again")
    parser.add_argument("--checkpoint", required=True, type=Path, help="safetensors to write")
    parser.add_argument("--metrics", required=True, type=Path, help="JSON to write")
    given = parser.parse_args()
    chosen = settings(TrainSettings, given.settings)
    data = drawn(given.suite, chosen.seed, given.dataset)
    train_network(data, given.network, chosen, given.checkpoint, given.metrics)


if __name__ == "__main__":
    run(main)
