import torch

from models.compression.scheme import Samples
from models.compression.schemes import scheme
from models.compression.schemes.dense import Dense, FullSizeDense
from models.graph.stored_tensors import SparseNetwork
from sim import Layer
from tests.models.compression.samples import samples
from tests.models.compression.schemes.drawing import rng
from tests.models.toy import toy, toy_images


def test_nothing_is_pruned() -> None:
    network = SparseNetwork(toy())
    Dense().prune(network, samples())
    FullSizeDense().prune(network, Samples(toy_images()))
    assert torch.equal(network.module(toy_images()), toy()(toy_images()))


def test_modelled_weights_are_all_nonzero_whatever_the_tables_say() -> None:
    layer = Layer.linear("fc", 12, 5)
    assert FullSizeDense().weight_mask(layer, 0.1, 0.3, rng()).all()
    assert FullSizeDense().weights_in_words("dense") == "all nonzero"


def test_scheme_is_found_by_name() -> None:
    assert scheme("dense") is Dense
