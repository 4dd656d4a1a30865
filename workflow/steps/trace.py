"""Run held-out images through a compressed network and write the zeros that occur.

Of a network under several schemes there is a trace for each, written before the next is made.
"""

import argparse
from pathlib import Path

from models.compression.procedure import compressed_form
from models.tracing import trace_network
from models.training import repeatable
from sim import NetworkTrace, Provenance, UserError, write_trace
from workflow.cli import run, settings
from workflow.steps.several import one_each, tracing
from workflow.steps.trace_settings import TraceSettings
from workflow.trained import held_out_images, network_of, trained_checkpoint


def traced(arguments: argparse.Namespace, scheme: str, path: Path) -> NetworkTrace:
    """The trace of a network under a scheme, from the checkpoint that the compress step left.

    Raises:
        UserError: a checkpoint of another run, or fewer test images than are to be traced.
    """
    images_traced = arguments.settings.images
    checkpoint = trained_checkpoint(path)
    metadata = checkpoint.metadata
    if metadata.get("scheme") != scheme:
        raise UserError(
            f"{path}: compressed by scheme {metadata.get('scheme')!r}, expected {scheme!r}"
        )
    images = held_out_images(checkpoint, arguments.suite, arguments.dataset)
    if images_traced > len(images):
        raise UserError(
            f"images is {images_traced}; {arguments.suite} has {len(images)} test images"
        )
    quantized = compressed_form(network_of(checkpoint, arguments.network), metadata["pruning"])
    checkpoint.fill(quantized.module)
    provenance = Provenance(
        suite=arguments.suite,
        network=arguments.network,
        scheme=scheme,
        weight_source="measured",
        activation_source="measured",
        data=f"first {images_traced} test images of {arguments.suite}, seed {metadata['seed']}",
    )
    with repeatable(seed=0, threads=arguments.settings.threads):
        return trace_network(
            network_of(checkpoint, arguments.network),
            quantized,
            images[:images_traced],
            provenance,
        )


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", required=True)
    parser.add_argument("--network", required=True)
    parser.add_argument("--scheme", nargs="+", required=True, help="one or several")
    parser.add_argument("--settings", default="{}", help='JSON object, e.g. {"images": 4}')
    parser.add_argument(
        "--checkpoint",
        type=Path,
        nargs="+",
        required=True,
        help="of the compress step, one for each scheme",
    )
    parser.add_argument("--dataset", type=Path, help="of the dataset or canvases step")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="one for each scheme")
    arguments = parser.parse_args()
    arguments.settings = settings(TraceSettings, arguments.settings)
    schemes = arguments.scheme
    checkpoints = one_each("checkpoint", arguments.checkpoint, schemes, "schemes")
    outputs = one_each("output", arguments.output, schemes, "schemes")
    for scheme, checkpoint, output in zip(schemes, checkpoints, outputs, strict=True):
        with tracing(str(checkpoint), schemes):
            write_trace(output, traced(arguments, scheme, checkpoint))


if __name__ == "__main__":
    run(main)
