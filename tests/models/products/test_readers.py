"""Results that are read in pieces: which reader gets which."""

from dataclasses import replace

import pytest

from models.products import WHOLE, Reading, pieces, united
from sim import Layer, matmul

PACKED = Layer.linear("qkv", 8, 24, 5)
LAYERS = {
    "scores": matmul("scores", 5, 4, 5, batch=2),
    "mixed": matmul("mixed", 5, 5, 4, batch=2),
    "whole": Layer.linear("whole", 24, 3, 5),
}
QUERY = Reading("scores", "activation", frozenset({"q"}))
KEY = Reading("scores", "weight", frozenset({"k"}))
VALUE = Reading("mixed", "weight", frozenset({"v"}))


def test_the_pieces_of_a_packed_projection_have_a_reader_each() -> None:
    assert pieces(PACKED, [QUERY, KEY, VALUE], LAYERS) == (
        ("scores", "weight"),
        ("mixed", "weight"),
    )
    again = Reading("whole", "activation", frozenset({"q"}))  # a piece that is read twice
    assert pieces(PACKED, [QUERY, again, KEY, VALUE], LAYERS)[0] == ("scores", "weight")


@pytest.mark.parametrize(
    "readings",
    [
        [QUERY, KEY],  # the rest is read by nobody
        [Reading("whole", "activation"), QUERY, KEY, VALUE],
        [QUERY, replace(KEY, cuts=frozenset({"q", "k"})), VALUE],
        [replace(QUERY, cuts=WHOLE), replace(KEY, cuts=WHOLE), replace(VALUE, cuts=WHOLE)],
    ],
)
def test_what_is_not_cut_into_pieces_goes_to_its_first_reader(readings: list[Reading]) -> None:
    assert pieces(PACKED, readings, LAYERS) == ()


def test_a_value_of_a_piece_and_a_whole_is_no_piece() -> None:
    assert united([frozenset({1}), frozenset({2})]) == {1, 2}
    assert united([frozenset({1}), WHOLE]) == united([]) == WHOLE
