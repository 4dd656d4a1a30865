import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.compression.density_bound import keep_largest
from sim.masks.density_bound import tightest_bound
from tests.examples import examples


def keep_largest_by_sorting(values: np.ndarray, bound: int) -> np.ndarray:
    """For one row of channels: sort each block of 8 by (magnitude falling, index rising)."""
    keep = np.zeros(len(values), dtype=bool)
    for start in range(0, len(values), 8):
        block = range(start, min(start + 8, len(values)))
        for index in sorted(block, key=lambda i: (-abs(values[i]), i))[:bound]:
            keep[index] = True
    return keep


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=27),
    st.integers(1, 8),
)
def test_keeps_the_largest_of_each_block_and_the_first_of_equals(
    channels: list[float], bound: int
) -> None:
    row = np.array(channels)
    mask = keep_largest(torch.tensor(channels)[None], bound)[0].numpy()
    assert np.array_equal(mask, keep_largest_by_sorting(row, bound))


def test_blocks_run_along_channels_of_each_filter_position() -> None:
    weight = torch.randn(5, 20, 3, 2, generator=torch.Generator().manual_seed(0))
    mask = keep_largest(weight, 3).numpy()
    assert tightest_bound(mask, axis=1) == 3
    for k, r, s in np.ndindex(5, 3, 2):
        expected = keep_largest_by_sorting(weight[k, :, r, s].numpy(), 3)
        assert np.array_equal(mask[k, :, r, s], expected)


def test_last_block_of_few_channels_keeps_up_to_the_bound() -> None:
    mask = keep_largest(torch.ones(1, 10), 4)
    assert mask[0].tolist() == [True] * 4 + [False] * 4 + [True] * 2


def test_memory_format_does_not_matter() -> None:
    values = torch.randn(2, 16, 4, 5, generator=torch.Generator().manual_seed(0))
    rearranged = values.to(memory_format=torch.channels_last)
    assert torch.equal(keep_largest(values, 2), keep_largest(rearranged, 2))
