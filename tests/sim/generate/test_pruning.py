import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import UserError
from sim.generate.pruning import activation_bound, bounded_mask
from tests.examples import examples


def test_bounds_by_hand() -> None:
    mask = np.zeros((1, 16, 1, 1), np.bool_)
    mask[0, :6] = True  # one block of six nonzeros
    mask[0, 8:12] = True  # one of four
    assert activation_bound(mask, 0.0) == 8  # six need more than the five that DAP can keep
    assert activation_bound(mask, 0.1) == 5  # one of ten goes
    assert activation_bound(mask, 0.2) == 4
    assert activation_bound(mask, 0.4) == 3
    assert activation_bound(mask, 1.0) == 1
    assert activation_bound(np.zeros((1, 8, 2, 2), np.bool_), 0.0) == 1


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(1, 2), st.integers(1, 20), st.integers(1, 4), st.integers(1, 8))
def test_the_largest_of_each_block_stay(images: int, channels: int, side: int, bound: int) -> None:
    rng = np.random.default_rng(channels)
    shape = (images, channels, side, side)
    mask = rng.random(shape) < 0.6
    magnitude = rng.permutation(mask.size).reshape(shape).astype(np.float32) + 1
    kept = bounded_mask(mask, bound, magnitude)
    for start in range(0, channels, 8):
        block, values = mask[:, start : start + 8], magnitude[:, start : start + 8]
        kept_block = kept[:, start : start + 8]
        assert (kept_block <= block).all()
        assert (kept_block.sum(axis=1) == np.minimum(block.sum(axis=1), bound)).all()
        smallest_kept = np.where(kept_block, values, np.inf).min(axis=1)
        largest_gone = np.where(block & ~kept_block, values, -np.inf).max(axis=1)
        assert (smallest_kept > largest_gone).all()


def test_bad_share() -> None:
    with pytest.raises(UserError, match=r"most_removed is 1\.5"):
        activation_bound(np.ones((1, 8, 1, 1), np.bool_), 1.5)
