"""Detectors trained, and compressed by any scheme like other networks, with mAP after each step."""

from torch import nn

from models.compression.procedure import Steps, compress_in_steps
from models.compression.scheme import Samples, Scheme
from models.datasets.detection_set import Annotated, DetectionSet
from models.detection.head import Head, fit_head, head_of
from models.detection.loss import DetectionLoss, LossWeights
from models.detection.metric import MeanAveragePrecision, mean_average_precision
from models.graph.stored_tensors import SparseNetwork
from models.training import Recipe, TrainingLog, train
from sim.errors import UserError


def train_detector(
    network: nn.Module,
    data: DetectionSet,
    recipe: Recipe,
    weights: LossWeights,
    progress: bool | None = None,
) -> TrainingLog:
    """Fit anchors to the training objects, then train in place; repeats bit by bit.

    Raises:
        UserError: the network has no detection head, or the loss is no longer a number.
    """
    corners = data.train.objects[:, 1:]
    fit_head(network, corners[:, 2:] - corners[:, :2])
    return train(network, data, recipe, progress, DetectionLoss(head_of(network), weights))


def compress_detector(
    trained: nn.Module, data: DetectionSet, scheme: Scheme, weights: LossWeights
) -> tuple[SparseNetwork, Steps[MeanAveragePrecision]]:
    """Prune a trained detector by a scheme, fine-tune it with its zeros, and round it to INT8.

    Where a scheme asks for top-1 it gets mAP@.5:.95 of the same samples. Test images are used for
    nothing but the four figures.

    Args:
        trained: changed in place; the result shares its layers.
        data: what it was trained on. Validation images are the scheme's samples, the first
            training images calibrate the activations.
        scheme: which pruning, with its settings.
        weights: of the loss, if there is fine-tuning.

    Raises:
        UserError: the settings ask for more images than there are.
    """
    head = head_of(trained)

    def on_test_images(module: nn.Module) -> MeanAveragePrecision:
        return mean_average_precision(module, head, data.test)

    loss = DetectionLoss(head, weights)
    return compress_in_steps(
        trained, data, scheme, _samples(data, head, scheme), on_test_images, loss
    )


def _samples(data: DetectionSet, head: Head, scheme: Scheme) -> Samples:
    for name, wanted, there in (
        ("held_out_images", scheme.held_out_images, data.validation),
        ("calibration_images", scheme.calibration_images, data.train),
    ):
        if wanted > len(there):
            raise UserError(f"{name} is {wanted}, but {data.name} has {len(there)} of them")
    samples: Annotated = data.validation.first(scheme.held_out_images)

    def precision_percent(network: SparseNetwork) -> float:
        return mean_average_precision(network.module, head, samples).at_50_95

    return Samples(samples.images, precision_percent)
