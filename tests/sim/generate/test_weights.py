import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import UserError
from sim.generate.weights import (
    balanced_count,
    balanced_mask,
    dbb_mask,
    keep_largest,
    magnitude_mask,
)
from sim.masks.density_bound import tightest_bound

shapes = st.tuples(
    st.integers(1, 12), st.integers(1, 21), st.sampled_from([1, 3]), st.sampled_from([1, 2, 3])
)
Shape = tuple[int, int, int, int]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@settings(max_examples=60, deadline=None)
@given(shapes, st.floats(0, 1), st.floats(0, 1))
def test_magnitude_density_is_exact(shape: Shape, density: float, spread: float) -> None:
    mask = magnitude_mask(shape, density, spread, rng())
    assert mask.shape == shape
    assert int(mask.sum()) == round(density * mask.size)
    np.testing.assert_array_equal(mask, magnitude_mask(shape, density, spread, rng()))


def test_filters_and_channels_differ_by_the_spread() -> None:
    even = magnitude_mask((64, 64, 3, 3), 0.3, 0.0, rng())
    uneven = magnitude_mask((64, 64, 3, 3), 0.3, 0.3, rng())
    independent = np.sqrt(0.3 * 0.7 / (64 * 9))
    for axes in ((1, 2, 3), (0, 2, 3)):
        assert even.mean(axis=axes).std() == pytest.approx(independent, rel=0.35)
        assert uneven.mean(axis=axes).std() > 4 * independent


@settings(max_examples=60, deadline=None)
@given(shapes, st.integers(1, 8))
def test_dbb_blocks_hold_exactly_the_bound(shape: Shape, bound: int) -> None:
    mask = dbb_mask(shape, bound, 0.3, rng())
    for start in range(0, shape[1], 8):
        block = mask[:, start : start + 8]
        assert (block.sum(axis=1) == min(bound, block.shape[1])).all()
    assert tightest_bound(mask) == min(bound, shape[1])


@settings(max_examples=60, deadline=None)
@given(shapes, st.floats(0, 1))
def test_balanced_slices_hold_equally_many(shape: Shape, density: float) -> None:
    mask = balanced_mask(shape, density, 0.3, rng())
    channels, height, width = shape[1:]
    length = height * width if height * width > 1 else channels
    per_slice = mask.reshape(-1, length).sum(axis=1)
    assert (per_slice == balanced_count(length, density)).all()


def test_balanced_counts_are_rounded_half_up() -> None:
    assert [balanced_count(9, density) for density in (0, 0.01, 0.4, 0.5, 1)] == [0, 1, 4, 5, 9]


def test_positions_within_a_block_vary() -> None:
    mask = dbb_mask((256, 8, 1, 1), 2, 0.0, rng())
    assert mask.reshape(256, 8).mean(axis=0) == pytest.approx(np.full(8, 0.25), abs=0.09)


def test_chunks_do_not_change_the_structure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.generate.weights.CHUNK_WEIGHTS", 200)
    mask = dbb_mask((10, 16, 3, 3), 3, 0.3, rng())
    assert (mask.reshape(10, 2, 8, 9).sum(axis=2) == 3).all()
    assert len(np.unique(mask.reshape(10, -1), axis=0)) == 10


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=12), st.integers(0, 12))
def test_keep_largest_settles_ties(values: list[int], count: int) -> None:
    rows = np.array([values], dtype=np.float32)
    if count == 0:
        return
    mask = keep_largest(rows, count)
    kept = sorted(rows[mask], reverse=True)
    assert kept == sorted(values, reverse=True)[:count]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: magnitude_mask((2, 2, 1, 1), 1.5, 0, rng()), "density is 1.5"),
        (lambda: magnitude_mask((2, 2, 1, 1), 0.5, -1, rng()), "spread is -1"),
        (lambda: dbb_mask((2, 8, 1, 1), 0, 0, rng()), "bound is 0; expected one of 1, 2"),
        (lambda: balanced_mask((2, 8, 1, 1), float("nan"), 0, rng()), "density is nan"),
    ],
)
def test_bad_values(call: object, message: str) -> None:
    with pytest.raises(UserError, match=message):
        call()  # type: ignore[operator]
