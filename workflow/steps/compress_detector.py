"""Compress a trained detector by one scheme; write the INT8 network and its mAP after each step."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from models.checkpoints import save_checkpoint
from models.compression.procedure import Steps, pruning_of, weight_densities
from models.compression.schemes import scheme
from models.datasets.detection_files import read_detection_set
from models.detection.head import head_of
from models.detection.loss import LossWeights
from models.detection.metric import MeanAveragePrecision
from models.detection.procedure import compress_detector
from models.graph.stored_tensors import SparseNetwork
from workflow.cli import run, settings, whole_file
from workflow.trained import network_of, trained_checkpoint


def metrics(network: SparseNetwork, steps: Steps[MeanAveragePrecision]) -> dict[str, Any]:
    """Densities, and `map_50_<step>_percent` and `map_50_95_<step>_percent`, for the table."""
    return {"weight_density": weight_densities(network)[0]} | {
        f"{name.replace('at', 'map')}_{step}_percent": value
        for step, precision in asdict(steps).items()
        for name, value in precision.items()
    }


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", required=True)
    parser.add_argument("--scheme", required=True)
    parser.add_argument("--settings", default="{}", help="JSON object of the scheme's settings")
    parser.add_argument("--checkpoint", type=Path, required=True, help="of the training step")
    parser.add_argument("--dataset", type=Path, required=True, help="of the canvases step")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    arguments = parser.parse_args()
    scheme_settings = settings(scheme(arguments.scheme), arguments.settings)
    checkpoint = trained_checkpoint(arguments.checkpoint)
    origin = checkpoint.metadata
    data = read_detection_set(arguments.dataset, origin["suite"], origin["seed"])
    module = network_of(checkpoint, arguments.network)
    checkpoint.fill(module)
    anchors = head_of(module).anchors.tolist()
    network, steps = compress_detector(module, data, scheme_settings, LossWeights())
    report = {
        "suite": data.name,
        "network": arguments.network,
        "scheme": arguments.scheme,
        "train_images": len(data.train),
        "test_images": len(data.test),
        "epochs": origin["settings"]["epochs"],
    }
    with whole_file(arguments.metrics) as temporary:
        temporary.write_text(json.dumps(report | metrics(network, steps), indent=1) + "\n")
    save_checkpoint(
        arguments.output,
        network.module,
        {
            **origin,
            "scheme": arguments.scheme,
            "pruning": pruning_of(network),
            "anchors_pixels": anchors,
        },
    )


if __name__ == "__main__":
    run(main)
