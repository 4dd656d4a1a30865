import pytest
import torch

from models.graph.modes import evaluating
from models.networks import build
from models.networks.variant import Variant, after_window, initialise_for_training
from sim.errors import UserError


def test_training_starts_from_small_weights_and_idle_residual_branches() -> None:
    torch.manual_seed(0)
    network = build("resnet50", num_classes=10, width=0.125, input_size=32)
    block = network.get_submodule("layer1.1")
    x = torch.randn(1, 32, 8, 8).abs()
    with evaluating(network), torch.no_grad():
        assert not torch.equal(block(x), x)
        initialise_for_training(network)
        assert torch.equal(block(x), x)
    weight = network.get_parameter("layer1.1.conv2.weight")
    assert float(weight.detach().std()) == pytest.approx((3 * 8 * 9) ** -0.5, rel=0.1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "resnet5"}, r"unknown network 'resnet5' \(did you mean 'resnet50'.*lenet5"),
        ({"name": "vgg16", "width": 0}, "width is 0"),
        ({"name": "vgg16", "width": float("nan")}, "width is nan"),
        ({"name": "alexnet", "width": 1e12}, "width is 1000000000000.0; .* at most 64"),
        ({"name": "vgg16", "input_size": 16}, "input_size is 16; expected at least 28"),
        ({"name": "vgg16", "num_classes": 0}, "num_classes is 0"),
        ({"name": "resnet50", "batch_norm": False}, "resnet50 is defined with batch norm"),
    ],
)
def test_bad_arguments(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        build(**arguments)  # type: ignore[arg-type]


def test_channels_are_scaled_to_whole_blocks() -> None:
    narrow = Variant(10, 3, 0.3, 32, None)
    assert [narrow.channels(full) for full in (8, 64, 100)] == [8, 16, 32]
    assert Variant(10, 3, 1.0, 32, None).channels(30) == 30
    assert narrow.channels(6, multiple=1) == 2


def test_windows_lose_what_does_not_fit() -> None:
    assert after_window(32, 5, 1) == 28
    assert after_window(32, 3, 2, 1) == 16
    assert after_window(224, 11, 4, 2) == 55
