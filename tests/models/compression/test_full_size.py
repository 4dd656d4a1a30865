import pytest

from models.compression.full_size import FullSizeScheme, ModelledScheme
from models.compression.scheme import Samples
from models.compression.schemes import full_size_schemes, schemes
from models.graph.stored_tensors import SparseNetwork
from tests.models.toy import toy, toy_images


def test_schemes_of_the_suite_are_schemes_of_the_project() -> None:
    assert set(full_size_schemes()) < set(schemes())
    assert "thresholds" not in full_size_schemes()
    assert {"dense", "dbb", "blockwise"} <= set(full_size_schemes())


@pytest.mark.parametrize("name", full_size_schemes())
def test_only_what_is_modelled_says_where_zeros_lie(name: str) -> None:
    scheme: FullSizeScheme = full_size_schemes()[name]()
    assert isinstance(scheme, ModelledScheme) != (name == "blockwise")
    if isinstance(scheme, ModelledScheme):
        assert scheme.pruning.fine_tuning is None
        assert (scheme.activations_removed is not None) == (name == "dbb")
        assert scheme.in_every_layer == (name == "magnitude")


def test_pruning_needs_no_labels_and_leaves_a_plain_network() -> None:
    network = SparseNetwork(toy())
    assert full_size_schemes()["balanced"]().prune(network, Samples(toy_images())) is None
    assert set(network.module.state_dict()) == set(toy().state_dict())
    assert bool((network.layers["conv"].get_parameter("weight") == 0).any())
