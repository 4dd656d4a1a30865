from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import Layer, LayerTrace
from sim.compressed_formats import (
    bitmap_bytes,
    bitmap_bytes_by_group,
    run_length_bytes,
    run_length_pairs,
    scaled,
    written_masks,
    written_share,
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


LAYER = Layer.conv("conv", 3, 8, 3, padding=1, input_size=(6, 6))


@pytest.mark.parametrize(
    ("output_shape", "on_chip", "off_chip"),
    [
        ((1, 8, 6, 6), Fraction(1), Fraction(1)),
        ((1, 8, 3, 3), Fraction(1), Fraction(4)),
        ((1, 24, 6, 6), Fraction(1, 3), Fraction(1, 3)),
        ((1, 72, 1, 1), Fraction(1), Fraction(4)),
    ],
    ids=["same", "pooled", "concatenated with others", "pooled and flattened"],
)
def test_share_of_the_output_mask_that_a_layer_writes(
    output_shape: tuple[int, ...], on_chip: Fraction, off_chip: Fraction
) -> None:
    trace = LayerTrace(LAYER, output=np.ones(output_shape, dtype=bool))
    assert written_share(trace, True) == on_chip
    assert written_share(trace, False) == off_chip


def test_without_an_output_mask_the_own_output_is_dense() -> None:
    trace = LayerTrace(LAYER)
    assert written_share(trace, True) == 1
    assert written_masks(trace).shape == (1, 8, 6, 6)
    assert written_masks(trace).all()


def test_shares_round_up() -> None:
    assert scaled(10, Fraction(1, 3)) == 4
