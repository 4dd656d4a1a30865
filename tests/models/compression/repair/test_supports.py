import itertools

import pytest
import torch
from torch import Tensor, nn

from models.compression.repair.least_squares import masked_least_squares
from models.compression.repair.moments import Moments, moments
from models.compression.repair.reconstruct import output_error
from models.compression.repair.supports import Group, chosen_support, largest_in_groups


def counts(mask: Tensor, group: Group) -> Tensor:
    """Kept weights of each group, by loops."""
    filters, channels, height, width = mask.shape
    if group == "layer":
        return mask.sum()[None]
    if group == "slice" and height * width == 1:
        return mask.sum((1, 2, 3))
    if group == "slice":
        return mask.sum((2, 3)).flatten()
    assert isinstance(group, int)
    taps = itertools.product(range(filters), range(height), range(width))
    return torch.stack(
        [
            mask[k, start : start + group, r, s].sum()
            for k, r, s in taps
            for start in range(0, channels, group)
        ]
    )


@pytest.mark.parametrize("group", ["layer", "slice", 8, 4])
@pytest.mark.parametrize("shape", [(5, 20, 3, 3), (6, 18, 1, 1)])
def test_groups_keep_their_numbers_and_the_largest_of_each(
    group: Group, shape: tuple[int, ...]
) -> None:
    generator = torch.Generator().manual_seed(0)
    mask = torch.rand(shape, generator=generator) < 0.4
    importance = torch.rand(shape, generator=generator)
    kept = largest_in_groups(importance, mask, group)
    assert torch.equal(counts(kept, group), counts(mask, group))
    assert float(importance[kept].sum()) > float(importance[mask].sum())
    assert torch.equal(largest_in_groups(kept.float(), kept, group), kept)


@pytest.mark.parametrize("count", [0, 1, 5, 11, 12])
@pytest.mark.parametrize("levels", [1, 3, 100])
def test_of_equal_weights_of_a_layer_the_earlier_stay(count: int, levels: int) -> None:
    generator = torch.Generator().manual_seed(levels)
    importance = torch.randint(0, levels, (2, 3, 2, 1), generator=generator).float()
    values = importance.flatten().tolist()
    mask = (torch.arange(12) < count).reshape(importance.shape)
    kept = largest_in_groups(importance, mask, "layer").flatten()
    order = sorted(range(12), key=lambda position: (-values[position], position))
    assert sorted(order[:count]) == torch.nonzero(kept).flatten().tolist()


def correlated(filters: int = 6, channels: int = 16) -> tuple[nn.Conv2d, Moments]:
    """A 1x1 convolution whose inputs are mixtures, so that weights can stand in for each other."""
    generator = torch.Generator().manual_seed(1)
    mix = torch.randn(channels, channels // 2, generator=generator)
    x = torch.einsum(
        "ij,njhw->nihw", mix, torch.randn(40, channels // 2, 5, 5, generator=generator)
    )
    x = x + 0.3 * torch.randn(x.shape, generator=generator)
    layer = nn.Conv2d(channels, filters, 1, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.randn(layer.weight.shape, generator=generator))
        return layer, moments(layer, x, layer(x), 10**6)


@pytest.mark.parametrize("group", ["layer", "slice", 8])
def test_the_chosen_support_fits_the_outputs_better_than_the_largest_weights(group: Group) -> None:
    layer, measured = correlated()
    weight = layer.weight.detach()
    squares = measured.covariance[0].diagonal().sqrt()[None, :, None, None]
    half = torch.zeros_like(weight, dtype=torch.bool)
    half[:, 0::2] = True
    largest = largest_in_groups(weight.abs() * squares, half, group)
    chosen = chosen_support(measured, largest, weight, group, 1e-3)
    assert torch.equal(counts(chosen, group), counts(largest, group))

    def error(support: Tensor) -> float:
        rows = weight.reshape(measured.cross.shape)
        mask = support.reshape(rows.shape)
        fit = masked_least_squares(measured.covariance, measured.cross, mask, rows)
        return output_error(fit, measured)

    assert error(chosen) < 0.9 * error(largest)


def test_inputs_that_are_always_zero_are_not_chosen() -> None:
    layer, measured = correlated()
    covariance, cross = measured.covariance.clone(), measured.cross.clone()
    covariance[:, :4], covariance[:, :, :4], cross[..., :4] = 0, 0, 0
    silent = Moments(
        covariance,
        cross,
        measured.input_mean,
        measured.output_mean,
        measured.output_variance,
        measured.positions,
    )
    half = torch.zeros_like(layer.weight, dtype=torch.bool)
    half[:, 0::2] = True
    chosen = chosen_support(silent, half, layer.weight.detach(), "slice", 1e-3)
    assert not chosen[:, :4].any()
    assert torch.equal(counts(chosen, "slice"), counts(half, "slice"))
