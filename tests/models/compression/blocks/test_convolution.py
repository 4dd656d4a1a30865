import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from models.compression.blocks.convolution import BlockConv2d, install_blocks
from models.compression.blocks.recording import recorded_blocks
from models.compression.blocks.rule import BlockRule, Criterion
from sim import Layer
from sim.errors import UserError
from sim.masks.block_map import BLOCK_SHAPES
from sim.masks.blocks import block_count, natural_zero_blocks
from tests.examples import examples
from tests.models.toy import toy, toy_images
from tests.reference.blockwise import Shape, convolve
from tests.strategies import conv_layers

CRITERIA: tuple[Criterion, ...] = ("signed_mean", "mean_magnitude", "max_magnitude")


def square_windows(max_channels: int, max_size: int = 9) -> st.SearchStrategy[Layer]:
    """Convolutions that blockwise pruning takes: no dilation, as much padding on either side."""

    def taken(layer: Layer) -> bool:
        steps = (*layer.dilation, *layer.input_dilation)
        return set(steps) == {1} and not any(layer.extra_padding)

    return conv_layers(max_channels, max_size).filter(taken)


def pruned(layer: Layer, rule: BlockRule, threshold: float, seed: int) -> BlockConv2d:
    plain = nn.Conv2d(
        layer.in_channels,
        layer.out_channels,
        layer.kernel,
        layer.stride,
        layer.padding,
        groups=layer.groups,
    )
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in plain.parameters():
            value.copy_(torch.randint(-3, 4, value.shape, generator=generator))
    twin = BlockConv2d.of(plain, rule)
    twin.set_threshold(threshold)
    return twin


def watched(layer: BlockConv2d, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Output, zero blocks, present blocks."""
    pieces: list[tuple[torch.Tensor, torch.Tensor]] = []
    layer.watcher = lambda zero, present: pieces.append((zero.flatten(2), present.flatten(2)))
    with torch.no_grad():
        result = layer(x)
    zero, present = (torch.cat(parts) for parts in zip(*pieces, strict=True))
    return result, zero, present


@given(
    layer=square_windows(max_channels=7, max_size=6),
    shape=st.sampled_from(BLOCK_SHAPES),
    criterion=st.sampled_from(CRITERIA),
    threshold=st.sampled_from([0.0, 0.3, 0.7, 1.1, 2.3]),
    signed=st.booleans(),
    seed=st.integers(0, 1000),
)
@settings(max_examples=examples(50), deadline=None)
def test_equals_the_plain_loops(
    layer: Layer,
    shape: tuple[int, int],
    criterion: Criterion,
    threshold: float,
    signed: bool,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(-3 if signed else 0, 4, (2, *layer.input_shape))
    values = values * (rng.random(values.shape) < 0.5)
    twin = pruned(layer, BlockRule(*shape, criterion), threshold, seed)
    convolved, zero, present = watched(twin, torch.tensor(values, dtype=torch.float32))
    weights = twin.weight.detach().flatten(1).tolist()
    reference_shape = Shape(
        layer.out_channels, layer.groups, layer.kernel, layer.stride, layer.padding
    )
    for image in range(2):
        output, zero_blocks, present_blocks = convolve(
            values[image].astype(float).tolist(),
            weights,
            twin.bias.tolist() if twin.bias is not None else [],
            reference_shape,
            *shape,
            criterion=criterion,
            threshold=threshold,
        )
        assert zero[image].tolist() == zero_blocks
        assert present[image].tolist() == present_blocks
        assert convolved[image].flatten(1).tolist() == output  # small whole numbers: sums are exact


@given(
    layer=square_windows(max_channels=9),
    shape=st.sampled_from(BLOCK_SHAPES),
    seed=st.integers(0, 99),
)
@settings(max_examples=examples(40), deadline=None)
def test_present_blocks_are_those_the_simulator_counts(
    layer: Layer, shape: tuple[int, int], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.random((2, *layer.input_shape)) < 0.3
    twin = pruned(layer, BlockRule(*shape), 0.0, seed)
    _, zero, present = watched(twin, torch.tensor(mask, dtype=torch.float32))
    assert np.array_equal(present.numpy(), natural_zero_blocks(layer, mask, *shape))
    assert torch.equal(zero, present), "threshold 0 prunes nothing"
    assert zero[0].numel() == block_count(layer, *shape)


def test_threshold_is_strict() -> None:
    layer = Layer.conv("conv", 8, 1, 1, input_size=(2, 4))
    twin = pruned(layer, BlockRule(), 0.5, 0)
    x = torch.full((1, 8, 2, 4), 0.5)
    assert not watched(twin, x)[1].any()
    twin.set_threshold(0.5001)
    assert watched(twin, x)[1].all()


def test_values_of_both_signs_cancel_in_the_signed_mean_alone() -> None:
    layer = Layer.conv("conv", 8, 1, 1, input_size=(2, 4))
    x = torch.ones(1, 8, 2, 4)
    x[:, :, 1] = -1
    zeroed = [
        bool(watched(pruned(layer, BlockRule(8, 8, criterion), 0.5, 0), x)[1].all())
        for criterion in CRITERIA
    ]
    assert zeroed == [True, False, False]


def test_mean_of_an_edge_block_leaves_out_what_is_not_there() -> None:
    layer = Layer.conv("conv", 9, 1, 1, input_size=(2, 4))  # the second block has one column
    x = torch.ones(1, 9, 2, 4)
    twin = pruned(layer, BlockRule(), 0.9, 0)
    assert not watched(twin, x)[1].any(), "an eighth of 1 would be below 0.9"


def test_threshold_zero_is_the_very_same_convolution() -> None:
    plain, images = toy(), toy_images()
    expected = plain(images)
    install_blocks(plain, BlockRule())
    assert torch.equal(plain(images), expected)
    with recorded_blocks(plain):
        assert torch.equal(plain(images), expected)


def test_long_batches_are_cut_and_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    network, images = toy(), toy_images(5)
    for layer in install_blocks(network, BlockRule(4, 4)).values():
        layer.set_threshold(0.2)
    with recorded_blocks(network) as whole:
        expected = network(images)
    monkeypatch.setattr("models.compression.blocks.convolution.CHUNK_VALUES", 5000)
    with recorded_blocks(network) as pieces:
        torch.testing.assert_close(network(images), expected)
    assert all(np.array_equal(pieces[name].zero, whole[name].zero) for name in whole)


def test_twins_share_parameters_and_keys_and_draw_nothing() -> None:
    network = toy()
    before, random = network.state_dict(), torch.get_rng_state()
    twins = install_blocks(network, BlockRule())
    assert torch.equal(torch.get_rng_state(), random)
    assert list(twins) == ["stem", "depthwise", "pointwise", "conv", "shortcut", "strided"]
    after = network.state_dict()
    assert list(after) == list(before)
    assert all(after[name].data_ptr() == before[name].data_ptr() for name in before)


def test_gradient_reaches_kept_values_only() -> None:
    layer = Layer.conv("conv", 8, 2, 1, input_size=(4, 4))
    twin = pruned(layer, BlockRule(), 0.5, 1)
    x = torch.ones(1, 8, 4, 4)
    x[:, :, :2] = 0.1
    x.requires_grad_(True)
    twin(x).sum().backward()
    assert x.grad is not None
    assert twin.weight.grad is not None
    assert not x.grad[:, :, :2].any()
    assert torch.equal(twin.weight.grad, torch.full((2, 8, 1, 1), 8.0)), "8 pixels of value 1"


def test_layers_that_cannot_be_pruned_are_refused_and_nothing_is_replaced() -> None:
    with pytest.raises(UserError, match="no dilation"):
        install_blocks(nn.Sequential(nn.Conv2d(1, 1, 3, dilation=2)), BlockRule())
    mixed = nn.Sequential(nn.Conv2d(1, 1, 3), nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect"))
    with pytest.raises(UserError, match="padding by zeros"):
        install_blocks(mixed, BlockRule())
    assert not any(isinstance(layer, BlockConv2d) for layer in mixed)
    with pytest.raises(UserError, match="no Conv2d"):
        install_blocks(nn.Sequential(nn.ReLU()), BlockRule())
    with pytest.raises(UserError, match=r"threshold is -0\.5"):
        install_blocks(toy(), BlockRule())["conv"].set_threshold(-0.5)


@pytest.mark.parametrize(("padding", "kernel"), [("same", 3), ("same", (2, 5)), ("valid", (2, 3))])
def test_padding_in_words_is_torchs(padding: str, kernel: int | tuple[int, int]) -> None:
    torch.manual_seed(0)
    plain = nn.Conv2d(4, 6, kernel, padding=padding, groups=2)
    x = torch.randn(3, 4, 7, 9)
    twin = BlockConv2d.of(plain, BlockRule())
    with torch.no_grad():
        assert torch.equal(twin(x), plain(x))
        twin.set_threshold(1e-30)  # prunes no block of such values, but takes the path that would
        assert twin.output_size(x) == plain(x).shape[2:]
        torch.testing.assert_close(twin(x), plain(x))
