import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import UserError
from sim.generate.weights import (
    filter_chunks,
    keep_largest,
    normal_magnitudes,
    strengths,
    weight_magnitudes,
)
from tests.examples import examples


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=12), st.integers(0, 12))
def test_keep_largest_settles_ties(values: list[int], count: int) -> None:
    rows = np.array([values], dtype=np.float32)
    if count == 0:
        return
    mask = keep_largest(rows, count)
    kept = sorted(rows[mask], reverse=True)
    assert kept == sorted(values, reverse=True)[:count]


def test_magnitudes_are_above_zero_and_scale_with_filters_and_channels() -> None:
    assert (normal_magnitudes((50, 50), rng()) > 0).all()
    even = weight_magnitudes((64, 32, 3, 3), 0.0, rng())
    uneven = weight_magnitudes((64, 32, 3, 3), 0.5, rng())
    for axes in ((1, 2, 3), (0, 2, 3)):
        assert even.mean(axis=axes).std() < 0.1
        assert uneven.mean(axis=axes).std() > 0.3


def test_without_spread_all_filters_are_as_strong() -> None:
    assert (strengths(9, 0.0, rng()) == 1).all()
    assert np.log(strengths(4000, 0.3, rng())).std() == pytest.approx(0.3, rel=0.05)


def test_chunks_hold_whole_filters_and_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.generate.weights.CHUNK_WEIGHTS", 300)
    parts = filter_chunks((10, 16, 3, 3))
    assert [(part.start, part.stop) for part in parts] == [(0, 2), (2, 4), (4, 6), (6, 8), (8, 10)]
    assert filter_chunks((3, 400, 1, 1)) == [slice(0, 1), slice(1, 2), slice(2, 3)]


def test_negative_spread_is_refused() -> None:
    with pytest.raises(UserError, match="spread is -1"):
        strengths(4, -1, rng())
