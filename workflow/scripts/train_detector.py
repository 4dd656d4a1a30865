"""Train one detector: `python -m workflow.scripts.train_detector --help`."""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from models.checkpoints import save_checkpoint
from models.datasets.canvases import NAME
from models.datasets.detection_files import read_detection_set
from models.datasets.detection_set import DetectionSet
from models.detection.head import head_of
from models.detection.loss import LossWeights
from models.detection.metric import mean_average_precision
from models.detection.procedure import train_detector
from models.networks import build, initialise_for_training
from models.training import Recipe, repeatable
from workflow.cli import run, settings, whole_file


@dataclass(frozen=True, kw_only=True)
class DetectorSettings(Recipe):
    """A recipe, and the width of the network; the seed also draws the first weights."""

    width: float


def train_network(
    data: DetectionSet, network: str, chosen: DetectorSettings, checkpoint: Path, metrics: Path
) -> None:
    """Train, then write weights and figures."""
    options = {
        "num_classes": data.num_classes,
        "in_channels": data.in_channels,
        "width": chosen.width,
        "input_size": data.input_size,
    }
    with repeatable(chosen.seed, chosen.threads):
        module = build(network, **options)  # type: ignore[arg-type]
        initialise_for_training(module)
        log = train_detector(module, data, chosen, LossWeights())
        precision = mean_average_precision(module, head_of(module), data.test)
    figures = {
        "suite": data.name,
        "network": network,
        "parameters": sum(p.numel() for p in module.parameters()),
        "anchors_pixels": head_of(module).anchors.tolist(),
        "train_images": len(data.train),
        "test_images": len(data.test),
        "map_50_percent": precision.at_50,
        "map_50_95_percent": precision.at_50_95,
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


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", required=True, help="yolov5s or yolov5s_relu")
    parser.add_argument("--settings", required=True, help="JSON object: recipe, width, seed")
    parser.add_argument("--dataset", required=True, type=Path, help="of the canvases step")
    parser.add_argument("--checkpoint", required=True, type=Path, help="safetensors to write")
    parser.add_argument("--metrics", required=True, type=Path, help="JSON to write")
    given = parser.parse_args()
    chosen = settings(DetectorSettings, given.settings)
    data = read_detection_set(given.dataset, NAME, chosen.seed)
    train_network(data, given.network, chosen, given.checkpoint, given.metrics)


if __name__ == "__main__":
    run(main)
