import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from models.compression.schemes import scheme
from models.compression.schemes.balanced import (
    Balanced,
    balanced_count,
    balanced_mask,
    modelled_balanced_mask,
)
from models.compression.weight_masks import make_masks_permanent
from models.graph.stored_tensors import SparseNetwork
from sim.errors import UserError
from tests.examples import examples
from tests.models.compression.samples import samples
from tests.models.compression.schemes.drawing import Shape, rng, shapes
from tests.models.toy import toy

SPATIAL = ("conv", "strided")


def pruned(settings: Balanced) -> dict[str, Tensor]:
    network = SparseNetwork(toy())
    settings.prune(network, samples())
    make_masks_permanent(network)
    return {name: layer.weight.detach() for name, layer in network.layers.items()}


def test_half_of_a_3x3_kernel_is_five_of_nine_in_every_kernel() -> None:
    weights = pruned(Balanced())
    for name in SPATIAL:
        assert (weights[name].count_nonzero(dim=(2, 3)) == 5).all()
    for name in ("stem", "depthwise", "fc2"):
        assert (weights[name] != 0).all()


def test_1x1_kernels_are_balanced_over_the_channels_of_a_filter_or_left() -> None:
    weights = pruned(Balanced(density=0.25))
    dense = pruned(Balanced(density=0.25, pointwise=False))
    for name, kept in (("pointwise", 3), ("shortcut", 5), ("fc1", 16)):
        assert (weights[name].flatten(1).count_nonzero(dim=1) == kept).all()
        assert (dense[name] != 0).all()
    assert (dense["conv"].count_nonzero(dim=(2, 3)) == 2).all()


def test_the_largest_weights_stay_and_ties_keep_the_earlier() -> None:
    values = torch.tensor([[[[1.0, -3.0], [2.0, 2.0]]]])
    assert balanced_mask(values, 0.5).tolist() == [[[[False, True], [True, False]]]]


@settings(max_examples=examples(30), deadline=None)
@given(
    st.integers(0, 2**20),
    st.sampled_from([(4, 3, 3, 3), (2, 5, 5, 4), (3, 7, 1, 1), (6, 11)]),
    st.floats(0.01, 1),
)
def test_every_kernel_keeps_its_largest_weights(
    seed: int, shape: tuple[int, ...], density: float
) -> None:
    values = torch.rand(shape, generator=torch.Generator().manual_seed(seed)) + 0.1
    mask = balanced_mask(values, density)
    size = values[0, 0].numel() if values[0, 0].numel() > 1 else shape[1]
    count = max(1, int(density * size + 0.5))
    for kernel, kept in zip(values.reshape(-1, size), mask.reshape(-1, size), strict=True):
        assert kernel[kept].tolist() == [v for v in kernel if v in kernel.topk(count).values]


def test_scheme_is_found_by_name() -> None:
    assert scheme("balanced") is Balanced


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"density": 1.5}, r"density is 1\.5"),
        ({"pointwise": 1}, "pointwise is 1; expected true or false"),
    ],
)
def test_values_out_of_range_are_refused(change: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        Balanced(**change)


@settings(max_examples=examples(60), deadline=None)
@given(shapes, st.floats(0, 1))
def test_balanced_slices_hold_equally_many(shape: Shape, density: float) -> None:
    mask = modelled_balanced_mask(shape, density, 0.3, rng())
    channels, height, width = shape[1:]
    length = height * width if height * width > 1 else channels
    per_slice = mask.reshape(-1, length).sum(axis=1)
    assert (per_slice == balanced_count(length, density)).all()


def test_balanced_counts_are_rounded_half_up() -> None:
    assert [balanced_count(9, density) for density in (0, 0.01, 0.4, 0.5, 1)] == [0, 1, 4, 5, 9]


def test_bad_density_of_modelled_weights() -> None:
    with pytest.raises(UserError, match="density is nan"):
        modelled_balanced_mask((2, 8, 1, 1), float("nan"), 0, rng())
