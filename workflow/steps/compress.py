"""Compress a trained network by one scheme; write the INT8 network and its accuracies."""

import argparse
import json
from pathlib import Path
from typing import Any

from models.checkpoints import save_checkpoint
from models.compression.procedure import Steps, compress, pruning_of, weight_densities
from models.compression.schemes import scheme
from models.graph.stored_tensors import SparseNetwork
from workflow.cli import run, settings, whole_file
from workflow.trained import dataset_of, network_of, top1_percent, trained_checkpoint


def metrics(network: SparseNetwork, top1: Steps[float]) -> dict[str, Any]:
    """Accuracies and densities of a compressed network, for the accuracy table."""
    density, layer_densities = weight_densities(network)
    bounds = {
        reader: pruning_of(network)["activation_bounds"][tensor.name]
        for tensor in network.stored
        for reader in tensor.readers
    }
    return {
        "top1_trained_percent": top1.trained,
        "top1_one_shot_percent": top1.one_shot,
        "top1_fine_tuned_percent": top1.fine_tuned,
        "top1_int8_percent": top1.int8,
        "weight_density": density,
        "layers": {
            name: {
                "weight_density": layer_densities[name],
                "weights": layer.get_parameter("weight").numel(),
                "activation_bound": bounds[name],
            }
            for name, layer in network.layers.items()
        },
    }


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", required=True)
    parser.add_argument("--network", required=True)
    parser.add_argument("--scheme", required=True)
    parser.add_argument("--settings", default="{}", help="JSON object of the scheme's settings")
    parser.add_argument("--checkpoint", type=Path, required=True, help="of the train step")
    parser.add_argument("--trained", type=Path, help="metrics of the train step; else measured")
    parser.add_argument("--dataset", type=Path, help="of the dataset step; else drawn again")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    arguments = parser.parse_args()
    scheme_settings = settings(scheme(arguments.scheme), arguments.settings)
    checkpoint = trained_checkpoint(arguments.checkpoint)
    dataset = dataset_of(checkpoint, arguments.suite, arguments.dataset)
    module = network_of(checkpoint, arguments.network)
    checkpoint.fill(module)
    before = None
    if arguments.trained is not None:
        before = top1_percent(arguments.trained, arguments.suite, arguments.network)
    network, top1 = compress(module, dataset, scheme_settings, top1_percent=before)
    names = {key: getattr(arguments, key) for key in ("suite", "network", "scheme")}
    report = names | {"test_images": len(dataset.test_labels)} | metrics(network, top1)
    with whole_file(arguments.metrics) as temporary:
        temporary.write_text(json.dumps(report, indent=1) + "\n")
    save_checkpoint(
        arguments.output,
        network.module,
        {**checkpoint.metadata, "scheme": arguments.scheme, "pruning": pruning_of(network)},
    )


if __name__ == "__main__":
    run(main)
