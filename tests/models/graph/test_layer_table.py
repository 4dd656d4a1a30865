import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from models.graph.layer_table import layer_table
from models.graph.readers import first_readers
from models.networks import build
from sim import Layer
from sim.errors import UserError


def test_alexnet_rows_are_in_running_order_with_shapes() -> None:
    with torch.device("meta"):
        network = build("alexnet")
    rows = layer_table(network, (3, 224, 224))
    assert rows[0] == Layer.conv("features.0", 3, 64, 11, stride=4, padding=2, input_size=224)
    assert rows[1] == Layer.conv("features.3", 64, 192, 5, padding=2, input_size=27)
    assert rows[4] == Layer.conv("features.10", 256, 256, 3, padding=1, input_size=13)
    assert rows[5] == Layer.linear("classifier.1", 9216, 4096)
    assert [row.name for row in rows][-2:] == ["classifier.4", "classifier.6"]


def test_depthwise_groups_and_strides() -> None:
    network = build("mobilenet_v1", width=0.25, input_size=32)
    rows = {row.name: row for row in layer_table(network, (3, 32, 32))}
    assert rows["blocks.1.depthwise"] == Layer.conv(
        "blocks.1.depthwise", 16, 16, 3, stride=2, padding=1, input_size=32, groups=16
    )
    assert rows["blocks.1.pointwise"] == Layer.conv("blocks.1.pointwise", 16, 32, 1, input_size=16)


def test_the_network_is_left_as_it_was() -> None:
    network = build("lenet5", num_classes=10, input_size=32, batch_norm=True)
    network.get_submodule("bn1").eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    layer_table(network, (3, 32, 32))
    assert network.training
    assert not network.get_submodule("bn1").training
    assert network.get_submodule("bn2").training
    for name, value in network.state_dict().items():
        assert value.device.type == "cpu"
        assert torch.equal(value, before[name])
    assert not any(module._forward_hooks for module in network.modules())


def test_resnet50_residual_edges() -> None:
    with torch.device("meta"):
        network = build("resnet50")
    edges = first_readers(network)
    assert list(edges) == [row.name for row in layer_table(network, (3, 224, 224))]
    assert edges["conv1"] == "layer1.0.conv1"
    assert edges["layer1.0.conv1"] == "layer1.0.conv2"
    assert edges["layer1.0.conv3"] == "layer1.1.conv1"
    assert edges["layer1.0.downsample.0"] == "layer1.1.conv1"
    assert edges["layer1.2.conv3"] == "layer2.0.conv1"
    assert edges["layer4.2.conv3"] == "fc"
    assert edges["fc"] is None


def test_plain_networks_are_chains() -> None:
    edges = first_readers(build("vgg16", width=0.125, input_size=32))
    names = list(edges)
    assert list(edges.values()) == [*names[1:], None]


class Halve(nn.Module):
    def forward(self, weight: Tensor) -> Tensor:
        return weight / 2


def test_parametrized_layers_are_still_layers() -> None:
    network = build("lenet5", num_classes=10, input_size=32)
    rows, edges = layer_table(network, (3, 32, 32)), first_readers(network)
    for name in ("conv2", "fc1"):
        parametrize.register_parametrization(network.get_submodule(name), "weight", Halve())
    assert layer_table(network, (3, 32, 32)) == rows
    assert first_readers(network) == edges


class Twice(nn.Module):
    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layer(self.layer(x))
        return y


class Branching(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x if x.sum() > 0 else -x


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (Twice(nn.Conv2d(3, 3, 1)), "'layer' runs more than once"),
        (nn.Conv2d(5, 3, 3), r"\(3, 8, 8\) does not fit"),
    ],
)
def test_networks_that_have_no_table(network: nn.Module, message: str) -> None:
    with pytest.raises(UserError, match=message):
        layer_table(network, (3, 8, 8))


def test_networks_that_have_no_graph() -> None:
    with pytest.raises(UserError, match="Branching has no fixed graph"):
        first_readers(Branching())
