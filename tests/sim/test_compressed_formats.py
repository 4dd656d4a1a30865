import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.compressed_formats import (
    bitmap_bytes,
    bitmap_bytes_by_group,
    run_length_bytes,
    run_length_pairs,
)
from tests.reference import eyeriss, sense

masks = st.builds(
    lambda seed, size, density: np.random.default_rng(seed).random(size) < density,
    st.integers(0, 2**31),
    st.integers(1, 300),
    st.sampled_from([0.0, 0.02, 0.1, 0.5, 1.0]),
)


@given(masks, st.integers(1, 6))
def test_run_length_pairs_are_those_of_a_code_that_decodes(mask: np.ndarray, run_bits: int) -> None:
    values = [bool(v) for v in mask]
    pairs = eyeriss.run_length_code(values, run_bits)
    assert eyeriss.decoded(pairs) == values
    assert run_length_pairs(mask, run_bits) == len(pairs)


@given(masks, st.sampled_from([8, 16]))
def test_bitmap_bytes_match_a_bit_by_bit_count(mask: np.ndarray, value_bits: int) -> None:
    assert bitmap_bytes(mask, value_bits) == sense.bitmap_bytes(list(mask), value_bits)


def test_a_run_length_word_holds_three_16_bit_pairs() -> None:
    assert run_length_bytes(np.ones(3, dtype=bool)) == 8
    assert run_length_bytes(np.ones(4, dtype=bool)) == 16
    assert run_length_bytes(np.zeros(96, dtype=bool)) == 8


def test_groups_are_rounded_up_one_by_one() -> None:
    mask = np.zeros((4, 3), dtype=bool)
    assert bitmap_bytes_by_group(mask, 4, 16).tolist() == [1, 1, 1, 1]
    assert bitmap_bytes(mask, 16) == 2
