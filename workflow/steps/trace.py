"""Run held-out images through a compressed network and write the zeros that occur."""

import argparse
from pathlib import Path

from models.compression.procedure import compressed_form
from models.tracing import trace_network
from models.training import repeatable
from sim import Provenance, UserError, write_trace
from workflow.cli import run, settings
from workflow.steps.trace_settings import TraceSettings
from workflow.trained import held_out_images, network_of, trained_checkpoint


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", required=True)
    parser.add_argument("--network", required=True)
    parser.add_argument("--scheme", required=True)
    parser.add_argument("--settings", default="{}", help='JSON object, e.g. {"images": 4}')
    parser.add_argument("--checkpoint", type=Path, required=True, help="of the compress step")
    parser.add_argument("--dataset", type=Path, help="of the dataset or canvases step")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    trace_settings = settings(TraceSettings, arguments.settings)
    checkpoint = trained_checkpoint(arguments.checkpoint)
    metadata = checkpoint.metadata
    if metadata.get("scheme") != arguments.scheme:
        raise UserError(
            f"{arguments.checkpoint}: compressed by scheme {metadata.get('scheme')!r}, "
            f"expected {arguments.scheme!r}"
        )
    images = held_out_images(checkpoint, arguments.suite, arguments.dataset)
    if trace_settings.images > len(images):
        raise UserError(
            f"images is {trace_settings.images}; {arguments.suite} has {len(images)} test images"
        )
    quantized = compressed_form(network_of(checkpoint, arguments.network), metadata["pruning"])
    checkpoint.fill(quantized.module)
    provenance = Provenance(
        suite=arguments.suite,
        network=arguments.network,
        scheme=arguments.scheme,
        weight_source="measured",
        activation_source="measured",
        data=f"first {trace_settings.images} test images of {arguments.suite}, "
        f"seed {metadata['seed']}",
    )
    with repeatable(seed=0, threads=trace_settings.threads):
        trace = trace_network(
            network_of(checkpoint, arguments.network),
            quantized,
            images[: trace_settings.images],
            provenance,
        )
    write_trace(arguments.output, trace)


if __name__ == "__main__":
    run(main)
