import pytest
import torch
from torch import nn

from models.compression.procedure import weight_densities
from models.compression.schemes.dense import Dense
from models.compression.schemes.magnitude import Magnitude
from models.datasets.canvases import CanvasCounts, make_canvases
from models.datasets.detection_set import DetectionSet
from models.detection.head import fitted_anchors, head_of
from models.detection.loss import DetectionLoss, LossWeights
from models.detection.metric import mean_average_precision
from models.detection.procedure import compress_detector, train_detector
from models.networks import build
from models.training import Recipe
from sim.errors import UserError

RECIPE = Recipe(epochs=2, batch_size=8, learning_rate=0.004, seed=0, threads=1)
QUICK = {"held_out_images": 4, "calibration_images": 8, "threads": 1}


@pytest.fixture(scope="module")
def canvases() -> DetectionSet:
    return make_canvases(0, CanvasCounts(24, 4, 4))


def detector(name: str = "yolov5s_relu") -> nn.Module:
    torch.manual_seed(0)
    return build(name, num_classes=10, in_channels=1, width=0.125, input_size=96)


@pytest.fixture(scope="module")
def trained(canvases: DetectionSet) -> dict[str, torch.Tensor]:
    network = detector()
    train_detector(network, canvases, RECIPE, LossWeights(), progress=False)
    return network.state_dict()


def test_training_lowers_the_loss_and_fits_the_anchors(canvases: DetectionSet) -> None:
    network = detector()
    log = train_detector(network, canvases, RECIPE, LossWeights(), progress=False)
    assert log.steps == 2 * 3
    assert log.losses[1] < log.losses[0]
    corners = canvases.train.objects[:, 1:]
    expected = fitted_anchors(corners[:, 2:] - corners[:, :2])
    assert torch.allclose(head_of(network).anchors, expected)


def test_training_repeats_bit_by_bit(
    canvases: DetectionSet, trained: dict[str, torch.Tensor]
) -> None:
    again = detector()
    torch.rand(7)
    train_detector(again, canvases, RECIPE, LossWeights(), progress=False)
    for name, value in again.state_dict().items():
        assert torch.equal(value, trained[name]), name


@pytest.mark.parametrize("name", ["yolov5s", "yolov5s_relu"])
def test_int8_keeps_what_the_network_finds(canvases: DetectionSet, name: str) -> None:
    """The raw maps of the INT8 network stay near those of the trained one."""
    network = detector(name)
    head = head_of(network)
    image = canvases.test.images[:1]
    before = torch.cat([raw.flatten() for raw in network.eval()(image)])
    compressed, steps = compress_detector(
        network, canvases, Dense(fine_tune_epochs=0, **QUICK), LossWeights()
    )
    after = torch.cat([raw.flatten() for raw in compressed.module(image)])
    assert 0 < float((after - before).detach().abs().mean()) < 0.1 * float(before.detach().std())
    assert steps.trained == steps.one_shot == steps.fine_tuned
    assert steps.int8 == mean_average_precision(compressed.module, head, canvases.test)


def test_a_pruned_detector_is_fine_tuned_with_its_zeros(
    canvases: DetectionSet, trained: dict[str, torch.Tensor]
) -> None:
    network = detector()
    network.load_state_dict(trained)
    loss = DetectionLoss(head_of(network), LossWeights())
    compressed, _ = compress_detector(
        network,
        canvases,
        Magnitude(density=0.4, fine_tune_epochs=1, batch_size=8, **QUICK),
        LossWeights(),
    )
    assert weight_densities(compressed)[0] < 0.5
    assert torch.isfinite(loss(compressed.module(canvases.test_images), canvases.test.targets))


def test_more_images_than_there_are_is_named(canvases: DetectionSet) -> None:
    scheme = Dense(fine_tune_epochs=0, **QUICK | {"held_out_images": 5})
    with pytest.raises(UserError, match="held_out_images is 5, but canvases has 4 of them"):
        compress_detector(detector(), canvases, scheme, LossWeights())


def test_only_detectors_can_be_trained_so(canvases: DetectionSet) -> None:
    network = build("lenet5", num_classes=10, in_channels=1, input_size=96)
    with pytest.raises(UserError, match="0 detection heads"):
        train_detector(network, canvases, RECIPE, LossWeights(), progress=False)
