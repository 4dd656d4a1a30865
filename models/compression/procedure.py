"""Trained network in, compressed INT8 network out: prune, fine-tune, quantize."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from torch import nn

from models.compression.activation_clip import clips_of, set_clips
from models.compression.activation_dbb import bounds_of, set_bounds
from models.compression.blocks.pruning import blocks_of, restore_blocks
from models.compression.quantization import quantize, quantized_form, weight_int8
from models.compression.scheme import Samples, Scheme
from models.compression.weight_masks import make_masks_permanent
from models.datasets import Dataset
from models.graph.stored_tensors import SparseNetwork
from models.training import Criterion, TrainingData, accuracy, repeatable, train
from sim.errors import UserError

Verdict = TypeVar("Verdict")


@dataclass(frozen=True)
class Steps(Generic[Verdict]):
    """How a network does on the test images after each step."""

    trained: Verdict
    one_shot: Verdict
    fine_tuned: Verdict
    int8: Verdict


def compress(
    trained: nn.Module, dataset: Dataset, scheme: Scheme, *, top1_percent: float | None = None
) -> tuple[SparseNetwork, Steps[float]]:
    """Prune a trained network by a scheme, fine-tune it with its zeros, and round it to INT8.

    The test images are used for nothing but the four accuracies, in percent.

    Args:
        trained: changed in place; the result shares its layers.
        dataset: the data it was trained on. The last training images are the scheme's samples and
            take no part in fine-tuning, the first calibrate the activations.
        scheme: which pruning, with its settings.
        top1_percent: of the trained network on the test images; None = it is measured.

    Raises:
        UserError: the settings ask for more images than there are.
    """
    rest, samples = _split(dataset, scheme)

    def on_test_images(module: nn.Module) -> float:
        return 100 * accuracy(module, dataset.test_images, dataset.test_labels)

    return compress_in_steps(trained, rest, scheme, samples, on_test_images, before=top1_percent)


def compress_in_steps(
    trained: nn.Module,
    data: TrainingData,
    scheme: Scheme,
    samples: Samples,
    judge: Callable[[nn.Module], Verdict],
    criterion: Criterion | None = None,
    *,
    before: Verdict | None = None,
) -> tuple[SparseNetwork, Steps[Verdict]]:
    """Prune, fine-tune and round to INT8 a network of any kind.

    Args:
        trained: changed in place; the result shares its layers.
        data: fine-tunes; its first images calibrate the activations.
        scheme: which pruning, with its settings.
        samples: images for the scheme's choices.
        judge: how a network does on images that are used for nothing else.
        criterion: of the fine-tuning; None = as `train` has it.
        before: how the trained network does there; None = it is judged.
    """
    network = SparseNetwork(trained.eval())
    with repeatable(scheme.seed, scheme.threads):
        if before is None:
            before = judge(network.module)
        scheme.prune(network, samples)
        one_shot = judge(network.module)
        if scheme.fine_tuning is not None:
            train(network.module, data, scheme.fine_tuning, criterion=criterion)
        make_masks_permanent(network)
        fine_tuned = judge(network.module)
        quantize(network, data.train_images[: scheme.calibration_images])
        return network, Steps(before, one_shot, fine_tuned, judge(network.module))


def _split(dataset: Dataset, scheme: Scheme) -> tuple[Dataset, Samples]:
    count, held_out = len(dataset.train_images), scheme.held_out_images
    if held_out + scheme.calibration_images > count:
        raise UserError(
            f"held_out_images {held_out} and calibration_images {scheme.calibration_images} are "
            f"more than the {count} training images of {dataset.name}"
        )
    images, labels = dataset.train_images[-held_out:], dataset.train_labels[-held_out:]

    def accuracy_percent(network: SparseNetwork) -> float:
        return 100 * accuracy(network.module, images, labels)

    rest = replace(
        dataset,
        train_images=dataset.train_images[:-held_out],
        train_labels=dataset.train_labels[:-held_out],
    )
    return rest, Samples(images, accuracy_percent)


def pruning_of(network: SparseNetwork) -> dict[str, Any]:
    """What, beside its state dict, makes a compressed network: goes into checkpoint metadata."""
    return {
        "activation_bounds": bounds_of(network),
        "activation_thresholds": clips_of(network),
        "blocks": blocks_of(network),
    }


def compressed_form(network: nn.Module, pruning: dict[str, Any]) -> SparseNetwork:
    """A network as `compress` leaves it, but for its values: load the state dict into `.module`.

    Args:
        network: the architecture, with any weights; changed in place.
        pruning: what `pruning_of` returned.
    """
    compressed = SparseNetwork(network.eval())
    set_bounds(compressed, pruning["activation_bounds"])
    set_clips(compressed, pruning["activation_thresholds"])
    restore_blocks(compressed, pruning["blocks"])
    quantized_form(compressed)
    return compressed


def weight_densities(network: SparseNetwork) -> tuple[float, dict[str, float]]:
    """Fraction of INT8 weights that are not zero, in all conv and FC layers and layer by layer."""
    masks = {name: weight_int8(layer) != 0 for name, layer in network.layers.items()}
    total = sum(int(mask.sum()) for mask in masks.values())
    each = {name: float(mask.mean()) for name, mask in masks.items()}
    return total / sum(mask.size for mask in masks.values()), each
