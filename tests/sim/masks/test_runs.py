import numpy as np
import pytest

from sim.masks.runs import run_counts


@pytest.mark.parametrize("rest", [(), (1, 1), (2, 3)])
@pytest.mark.parametrize("size", [1, 2, 3, 6, 8, 12, 16, 255, 300])
def test_runs_are_counted_one_by_one(size: int, rest: tuple[int, ...]) -> None:
    mask = np.random.default_rng(size).random((3, 613, *rest)) < 0.7
    counts = run_counts(mask, size)
    expected = [mask[:, first : first + size].sum(axis=1) for first in range(0, 613, size)]
    assert np.array_equal(counts, np.stack(expected, axis=1))


def test_lines_that_do_not_lie_side_by_side() -> None:
    mask = np.random.default_rng(0).random((4, 40, 6)) < 0.5
    turned = mask.transpose(2, 1, 0)[..., 1]
    assert np.array_equal(run_counts(turned, 8), run_counts(np.ascontiguousarray(turned), 8))
