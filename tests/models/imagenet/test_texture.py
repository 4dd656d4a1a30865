import numpy as np
import pytest
import torch
from torch import nn

from models.imagenet.texture import Texture, channel_densities, channel_shifts

RNG_SEED = 3


def noise(channels: int = 24, side: int = 20) -> torch.Tensor:
    return torch.randn(1, channels, side, side, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("density", "spread"), [(0.5, 0.3), (0.2, 0.25), (0.8, 0.1)])
def test_channel_densities_have_the_mean_and_the_spread(density: float, spread: float) -> None:
    densities = channel_densities(64, density, spread)
    assert densities.mean() == pytest.approx(density, abs=1e-6)
    assert densities.std() == pytest.approx(spread, abs=1e-3)
    assert (np.diff(densities) > 0).all()


def test_a_spread_that_no_densities_have_ends_at_the_largest() -> None:
    densities = channel_densities(64, 0.25, 0.9)
    assert densities.mean() == pytest.approx(0.25, abs=1e-3)
    assert densities.std() == pytest.approx(np.sqrt(0.25 * 0.75), abs=0.02)


@pytest.mark.parametrize("density", [0.0, 1.0])
def test_shifts_at_the_ends_leave_nothing_and_everything(density: float) -> None:
    values = noise()
    shifts = channel_shifts(values, (), density, 0.3, np.random.default_rng(RNG_SEED))
    assert float((values > shifts).float().mean()) == density


@pytest.mark.parametrize("pools", [(), (nn.MaxPool2d(2),)])
def test_shifts_meet_density_and_spread_behind_poolings(pools: tuple[nn.Module, ...]) -> None:
    values = noise()
    shifts = channel_shifts(values, pools, 0.4, 0.25, np.random.default_rng(RNG_SEED))
    kept = values - shifts
    for pool in pools:
        kept = pool(kept)
    channels = (kept > 0).float().mean((0, 2, 3))
    assert float(channels.mean()) == pytest.approx(0.4, abs=1e-3)
    assert float(channels.std(correction=0)) == pytest.approx(0.25, abs=0.01)


def agreement(values: torch.Tensor) -> float:
    mask = values > 0
    return float((mask[..., 1:] == mask[..., :-1]).float().mean())


def test_smooth_fields_make_neighbours_agree_and_keep_the_spread() -> None:
    rough = Texture(0.0, 0.0).applied(noise(), np.random.default_rng(RNG_SEED))
    smooth = Texture(0.8, 0.0).applied(noise(), np.random.default_rng(RNG_SEED))
    assert agreement(rough) == pytest.approx(0.5, abs=0.02)
    assert agreement(smooth) > 0.58
    assert float(smooth.std()) == pytest.approx(1.0, abs=0.02)


def test_a_common_field_empties_the_same_pixels_of_all_channels() -> None:
    def empty(common_share: float) -> float:
        texture = Texture(0.0, common_share)
        values = texture.applied(noise(8), np.random.default_rng(RNG_SEED))
        return float((values < 0.5).all(1).float().mean())

    assert empty(0.7) > 3 * empty(0.0)


def test_a_channel_without_any_difference_gets_the_field_alone() -> None:
    flat = torch.zeros(1, 4, 16, 16)
    mixed = Texture(0.5, 0.0).applied(flat, np.random.default_rng(RNG_SEED))
    assert bool(torch.isfinite(mixed).all())
    assert float(mixed.std()) > 0.1
