import torch
from torch import nn

from models.graph.layer_table import layer_table
from models.graph.readers import first_readers
from models.graph.stored_zeros import StoredZeroPad2d
from models.networks.same_padding import same_padded


def test_uneven_zeros_are_part_of_the_map_that_a_layer_reads() -> None:
    network = nn.Sequential(*same_padded(2, 3, 3, 2, 8), nn.ReLU(), *same_padded(3, 4, 3, 1, 4))
    assert isinstance(network[0], StoredZeroPad2d)
    assert network(torch.ones(1, 2, 8, 8)).shape == (1, 4, 4, 4)
    first, second = layer_table(network, (2, 8, 8))
    assert (first.input_size, first.padding, first.output_size) == ((9, 9), (0, 0), (4, 4))
    assert (second.input_size, second.padding) == ((4, 4), (1, 1))
    assert first_readers(network) == {"1": "4", "4": None}


def test_values_are_those_of_zero_padding() -> None:
    x = torch.arange(4.0).reshape(1, 1, 2, 2)
    sides = (0, 1, 0, 1)
    assert torch.equal(StoredZeroPad2d(sides)(x), nn.ZeroPad2d(sides)(x))
