import torch
from torch import Tensor, nn

from models.compression.quantization import fold_batch_norm
from models.compression.repair.walk import walk
from models.graph.stored_tensors import SparseNetwork, weight
from tests.models.toy import toy, toy_images

IMAGES = toy_images(40)


def folded() -> SparseNetwork:
    network = SparseNetwork(toy())
    fold_batch_norm(network)
    return network


def assert_near(value: Tensor, wanted: Tensor) -> None:
    """Equal but for the rounding of what is kept between modules."""
    torch.testing.assert_close(value.float(), wanted.float(), rtol=0.01, atol=0.03)


def test_layers_come_in_running_order_with_what_they_read_and_should_write() -> None:
    dense, sparse = folded(), folded()
    seen: list[str] = []

    def look(name: str, x: Tensor, y: Tensor) -> None:
        seen.append(name)
        assert_near(sparse.layers[name](x.float()), y)

    (outputs,) = walk(dense, [(sparse, look)], IMAGES)
    assert seen == list(dense.layers)
    assert_near(outputs, dense.module(IMAGES))


def test_later_layers_read_what_a_repaired_layer_makes() -> None:
    dense, sparse = folded(), folded()
    inputs: dict[str, Tensor] = {}

    def silence(name: str, x: Tensor, _: Tensor) -> None:
        inputs[name] = x.clone()
        if name == "stem":
            with torch.no_grad():
                weight(sparse.layers[name]).zero_()

    (outputs,) = walk(dense, [(sparse, silence)], IMAGES)
    plain: dict[str, Tensor] = {}
    walk(dense, [(folded(), lambda name, x, _: plain.update({name: x.clone()}))], IMAGES)
    assert torch.equal(inputs["stem"], plain["stem"])
    assert not torch.allclose(inputs["depthwise"], plain["depthwise"])
    assert_near(outputs, sparse.module(IMAGES))


def test_a_layer_behind_zeros_around_its_map_reads_the_larger_map() -> None:
    torch.manual_seed(0)
    padded = nn.Sequential(
        nn.Conv2d(3, 4, 1), nn.ReLU(), nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(4, 5, 3, stride=2)
    )
    dense, sparse = SparseNetwork(padded), SparseNetwork(padded)
    shapes: dict[str, tuple[int, ...]] = {}

    def look(name: str, x: Tensor, y: Tensor) -> None:
        shapes[name] = tuple(x.shape[1:])
        assert_near(sparse.layers[name](x.float()), y)

    (outputs,) = walk(dense, [(sparse, look)], IMAGES)
    assert shapes == {"0": (3, 9, 9), "3": (4, 10, 10)}
    assert_near(outputs, padded(IMAGES))
