import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from models.compression.repair.moments import moments, spread


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(6, 8, 3, padding=1),
        nn.Conv2d(6, 8, 3, stride=2, padding=1),
        nn.Conv2d(6, 6, 3, padding=1, groups=6),
        nn.Conv2d(6, 4, 1, groups=2),
        nn.Conv2d(6, 4, (3, 1), padding=(0, 2)),
    ],
)
def test_moments_are_those_of_all_windows(layer: nn.Conv2d) -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(20, 6, 7, 5, generator=generator)
    y = layer(x).detach() + 0.1 * torch.randn(layer(x).shape, generator=generator)
    measured = moments(layer, x, y, 10**6)
    windows = F.unfold(x, layer.kernel_size, padding=layer.padding, stride=layer.stride)
    groups = layer.groups
    rows = windows.transpose(1, 2).reshape(-1, groups, windows.shape[1] // groups).double()
    targets = y.flatten(2).transpose(1, 2).reshape(len(rows), groups, -1).double()
    rows_central, targets_central = rows - rows.mean(0), targets - targets.mean(0)
    expected = torch.einsum("pgi,pgj->gij", rows_central, rows_central) / len(rows)
    torch.testing.assert_close(measured.covariance.double(), expected, rtol=1e-4, atol=1e-5)
    expected = torch.einsum("pgk,pgi->gki", targets_central, rows_central) / len(rows)
    torch.testing.assert_close(measured.cross.double(), expected, rtol=1e-4, atol=1e-5)
    variance = targets.flatten(1).var(0, correction=0)
    torch.testing.assert_close(measured.output_variance.double(), variance, rtol=1e-4, atol=1e-5)
    assert measured.positions == len(rows)


@pytest.mark.parametrize(("groups", "filters"), [(5, 1), (5, 3), (2, 1)])
@pytest.mark.parametrize("positions", [10**6, 60])
def test_groups_that_are_not_taken_together_count_as_if_they_were(
    groups: int, filters: int, positions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = nn.Conv2d(2 * groups, filters * groups, 3, padding=1, groups=groups)
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(10, 2 * groups, 6, 5, generator=generator)
    y = layer(x).detach() + 0.3 * torch.randn(layer(x).shape, generator=generator)
    together = moments(layer, x, y, positions), spread(layer, x, y, positions)
    monkeypatch.setattr("models.compression.repair.moments.GROUPS_AT_ONCE", 2)
    for whole, apart in zip(
        together, (moments(layer, x, y, positions), spread(layer, x, y, positions)), strict=True
    ):
        for name, values in vars(whole).items():
            torch.testing.assert_close(getattr(apart, name), values, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("groups", [1, 3, 6])
def test_spread_is_that_of_what_the_layer_makes(groups: int) -> None:
    layer = nn.Conv2d(6, 6, 3, stride=2, padding=1, groups=groups, bias=False)
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(20, 6, 7, 5, generator=generator)
    made = layer(x).detach()
    wanted = 2 * made + 1
    measured = spread(layer, x, wanted, 10**6)
    for values, expected in (
        (measured.made_variance, made.transpose(0, 1).flatten(1).var(1, correction=0)),
        (measured.output_variance, wanted.transpose(0, 1).flatten(1).var(1, correction=0)),
        (measured.output_mean, wanted.mean((0, 2, 3))),
    ):
        torch.testing.assert_close(values, expected, rtol=1e-4, atol=1e-5)


def test_of_a_fully_connected_layer() -> None:
    x, y = torch.randn(30, 5), torch.randn(30, 3)
    measured = moments(nn.Linear(5, 3), x, y, 1)
    torch.testing.assert_close(measured.covariance[0], torch.cov(x.T, correction=0))
    torch.testing.assert_close(measured.output_mean, y.mean(0))


def test_positions_are_drawn_from_every_image() -> None:
    layer = nn.Conv2d(1, 1, 1)
    x = torch.arange(4.0).reshape(4, 1, 1, 1).expand(4, 1, 10, 10)
    measured = moments(layer, x, x, 20)
    assert measured.positions == 20
    assert float(measured.input_mean) == 1.5
