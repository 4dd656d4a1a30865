import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from models.compression.repair.least_squares import masked_least_squares


def problem(seed: int, samples: int = 60, n: int = 7, filters: int = 4) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    x = draw(samples, n) @ draw(n, n)
    y = x @ draw(n, filters) + 0.3 * draw(samples, filters)
    mask = torch.rand(filters, n, generator=generator) < 0.6
    mask[:, 0] = True
    return x, y, mask, draw(filters, n)


def solve(x: Tensor, y: Tensor, mask: Tensor, start: Tensor, ridge: float = 0.0) -> Tensor:
    return masked_least_squares(
        covariance=x.T @ x,
        cross=y.T @ x,
        mask=mask,
        start=start,
        ridge=ridge,
        steps=500,
        tolerance=1e-12,
    )


@given(st.integers(0, 50))
def test_equals_numpys_lstsq_on_the_support(seed: int) -> None:
    x, y, mask, start = problem(seed)
    weights = solve(x, y, mask, start)
    for k, kept in enumerate(mask):
        expected = np.linalg.lstsq(x[:, kept].numpy(), y[:, k].numpy(), rcond=None)[0]
        np.testing.assert_allclose(weights[k, kept].numpy(), expected, rtol=1e-6, atol=1e-8)
        assert (weights[k, ~kept] == 0).all()


def test_the_ridge_pulls_towards_the_start() -> None:
    x, y, mask, start = problem(3)
    penalty = 0.5 * (x.T @ x).diagonal().mean()
    weights = solve(x, y, mask, start, 0.5)
    for k, kept in enumerate(mask):
        a = x[:, kept]
        system = a.T @ a + penalty * torch.eye(int(kept.sum()), dtype=torch.float64)
        expected = torch.linalg.solve(system, a.T @ y[:, k] + penalty * start[k, kept])
        torch.testing.assert_close(weights[k, kept], expected, rtol=1e-6, atol=1e-8)
    assert torch.allclose(solve(x, y, mask, start, 1e9), start * mask, atol=1e-6)


def test_groups_are_solved_each_for_itself() -> None:
    parts = [problem(seed) for seed in (1, 2)]
    grouped = masked_least_squares(
        torch.stack([x.T @ x for x, *_ in parts]),
        torch.stack([y.T @ x for x, y, *_ in parts]),
        torch.stack([mask for _, _, mask, _ in parts]),
        torch.stack([start for *_, start in parts]),
        steps=500,
        tolerance=1e-12,
    )
    for weights, part in zip(grouped, parts, strict=True):
        torch.testing.assert_close(weights, solve(*part), rtol=1e-6, atol=1e-8)


def test_inputs_that_are_always_zero_do_no_harm() -> None:
    x, y, mask, start = problem(5)
    x[:, 2] = 0
    weights = solve(x, y, mask, start)
    assert torch.isfinite(weights).all()
    keep = [0, 1, 3, 4, 5, 6]
    expected = solve(x[:, keep], y, mask[:, keep], start[:, keep])
    torch.testing.assert_close(weights[:, keep], expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("steps", [0, 1, 2, 5])
def test_stopped_early_it_is_never_worse_than_the_start(steps: int) -> None:
    x, y, mask, start = problem(7)

    def error(weights: Tensor) -> float:
        return float((x @ weights.T - y).square().sum())

    stopped = masked_least_squares(x.T @ x, y.T @ x, mask, start, steps=steps)
    assert error(stopped) <= error(start * mask) + 1e-9


def test_inputs_that_hardly_vary_beside_their_means_leave_weights_small() -> None:
    """Central moments in single precision are then no matrix of a minimum; the fit ran away."""
    generator = torch.Generator().manual_seed(0)
    x = 100 + 0.01 * torch.randn(50, 40, generator=generator)
    y = torch.randn(50, 16, generator=generator)
    start = torch.randn(16, 40, generator=generator)
    centre, wanted = x.mean(0), y.mean(0)
    weights = masked_least_squares(
        covariance=x.T @ x / 50 - centre[:, None] * centre,
        cross=y.T @ x / 50 - wanted[:, None] * centre,
        mask=torch.ones(16, 40, dtype=torch.bool),
        start=start,
        ridge=1e-3,
    )
    assert weights.abs().max() < 100 * start.abs().max()
