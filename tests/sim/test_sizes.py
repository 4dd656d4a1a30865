from typing import Any

import pytest

from sim import Layer, UserError
from sim.sizes import same_padding


@pytest.mark.parametrize(("size", "extent", "stride"), [(8, 5, 1), (7, 2, 3), (1, 9, 2), (5, 1, 2)])
def test_same_padding_is_no_more_than_the_last_window_needs(
    size: int, extent: int, stride: int
) -> None:
    before, after = same_padding(size, extent, stride)
    assert after - before in (0, 1)
    outputs = -(-size // stride)
    needed = (outputs - 1) * stride + extent
    assert before + size + after == max(size, needed)


@pytest.mark.parametrize(("tokens", "grid"), [(1, (1, 1)), (12, (4, 3)), (64, (8, 8)), (7, (7, 1))])
def test_tokens_fill_the_squarest_map(tokens: int, grid: tuple[int, int]) -> None:
    layer = Layer.linear("fc", 3, 5, tokens)
    assert layer.input_size == grid
    assert layer.dense_macs == 15 * tokens
    assert Layer.linear("fc", 3, 5, grid) == layer


@pytest.mark.parametrize("tokens", [0, -1, 2.5, True, (1, 2, 3), "8"])
def test_tokens_that_are_none_are_refused(tokens: Any) -> None:
    with pytest.raises(UserError, match=r"^fc: tokens is "):
        Layer.linear("fc", 3, 5, tokens)
