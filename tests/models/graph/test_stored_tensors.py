import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune, weight_norm

from models.graph.stored_tensors import SparseNetwork, is_depthwise
from models.networks import build, networks
from sim.errors import UserError
from tests.models.toy import toy, toy_images


def test_wrapping_changes_neither_values_nor_parameter_names() -> None:
    network = toy()
    wrapped = SparseNetwork(network)
    assert torch.equal(wrapped.module(toy_images()), network(toy_images()))
    assert set(wrapped.module.state_dict()) == set(network.state_dict())


def test_layers_that_read_one_tensor_share_its_storage() -> None:
    wrapped = SparseNetwork(toy())
    assert [tensor.readers for tensor in wrapped.stored] == [
        ("stem",),
        ("depthwise",),
        ("pointwise",),
        ("conv", "shortcut"),
        ("strided",),
        ("fc1",),
        ("fc2",),
    ]
    assert (wrapped.first_layer, wrapped.last_layer) == ("stem", "fc2")


def test_identity_shortcut_sees_the_stored_tensor() -> None:
    class Residual(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Conv2d(3, 4, 1)
            self.second = nn.Conv2d(4, 4, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.first(x)
            return x + self.second(x)

    class Zeros(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.zeros_like(x)

    network = Residual()
    wrapped = SparseNetwork(network)
    wrapped.stored[1].pruner = Zeros()
    scores = wrapped.module(torch.randn(1, 3, 2, 2))
    assert network.second.bias is not None
    assert torch.equal(scores, network.second.bias.reshape(1, 4, 1, 1).expand(1, 4, 2, 2))


def test_every_network_can_be_wrapped() -> None:
    generator = torch.Generator().manual_seed(0)
    for name in networks():
        columns = 96 if name == "bert_base" else 64  # as many as a token has features
        images = torch.randn(1, 3, 64, columns, generator=generator)
        network = build(name, num_classes=10, width=0.125, input_size=64).eval()
        wrapped = SparseNetwork(network)
        read = [reader for tensor in wrapped.stored for reader in tensor.readers]
        assert sorted(name for name in read if name in wrapped.layers) == sorted(wrapped.layers)
        torch.testing.assert_close(wrapped.module(images), network(images), rtol=0, atol=0)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (nn.Conv2d(2, 2, 3, groups=2), True),  # the smallest there is
        (nn.Conv2d(8, 16, 3, groups=8), True),
        (nn.Conv2d(4, 4, 3, groups=2), False),
        (nn.Conv2d(1, 4, 3), False),
        (nn.Linear(1, 4), False),
    ],
)
def test_depthwise_is_one_channel_per_filter_of_several_groups(
    layer: nn.Module, expected: bool
) -> None:
    assert is_depthwise(layer) is expected


def test_names_that_differ_in_a_dot_only_are_kept_apart() -> None:
    class Names(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = nn.Sequential(nn.Conv2d(3, 4, 1))
            self.a_0 = nn.Conv2d(4, 4, 1)
            self.stored = nn.Conv2d(4, 2, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = self.stored(self.a_0(self.a(x)))
            return y

    network, images = Names(), torch.randn(1, 3, 2, 2)
    wrapped = SparseNetwork(network)
    assert [tensor.readers for tensor in wrapped.stored] == [("a.0",), ("a_0",), ("stored",)]
    assert len({id(tensor) for tensor in wrapped.stored}) == 3
    assert torch.equal(wrapped.module(images), network(images))
    assert set(wrapped.module.state_dict()) == set(network.state_dict())


def test_zeros_around_an_input_are_not_stored() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ZeroPad2d(1), nn.Conv2d(4, 2, 3))
    wrapped = SparseNetwork(network)
    shapes = []
    for tensor in wrapped.stored:
        tensor.register_forward_hook(lambda _, __, output: shapes.append(output.shape[2:]))
    wrapped.module(torch.randn(1, 3, 5, 5))
    assert shapes == [(5, 5), (5, 5)]


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_weights_that_are_computed_are_refused_with_the_mend() -> None:
    for change in (weight_norm, parametrizations.weight_norm, parametrizations.spectral_norm):
        network = nn.Sequential(change(nn.Conv2d(3, 4, 1)))
        with pytest.raises(UserError, match=r"0: its weight is computed.*remove_param"):
            SparseNetwork(network)
    network = nn.Sequential(prune.random_unstructured(nn.Conv2d(3, 4, 1), "weight", 0.5))
    with pytest.raises(UserError, match="0: its weight is computed"):
        SparseNetwork(network)


def test_networks_that_cannot_be_wrapped() -> None:
    class Branching(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x if x.sum() > 0 else -x

    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Conv2d(3, 3, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = self.layer(self.layer(x))
            return y

    with pytest.raises(UserError, match="Branching has no fixed graph"):
        SparseNetwork(Branching())
    with pytest.raises(UserError, match="'layer' runs more than once"):
        SparseNetwork(Twice())
