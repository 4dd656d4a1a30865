import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.compression.channel_masks import channel_mask
from models.compression.density_bound import keep_largest
from tests.examples import examples


@settings(max_examples=examples(100), deadline=None)
@given(
    channels=st.integers(1, 27),
    sides=st.sampled_from([(), (5,), (3, 4), (2, 1)]),
    bound=st.integers(0, 8),
    seed=st.integers(0, 2**16),
    innermost=st.booleans(),
    grid=st.sampled_from([0, 1, 8]),
)
def test_it_is_what_comparing_every_pair_keeps(
    channels: int, sides: tuple[int, ...], bound: int, seed: int, innermost: bool, grid: int
) -> None:
    values = torch.randn(3, channels, *sides, generator=torch.Generator().manual_seed(seed))
    if grid:  # equal magnitudes, zeros among them
        values = (values * grid).round() / grid
    if innermost:
        values = values.movedim(1, -1).contiguous().movedim(-1, 1)
    mask = channel_mask(values, bound)
    assert torch.equal(mask, keep_largest(values, bound).float())
    assert mask.stride() == values.stride()


@pytest.mark.parametrize("kind", [torch.float64, torch.float16, torch.bfloat16])
def test_other_types_of_numbers(kind: torch.dtype) -> None:
    values = torch.randn(2, 16, 3, 3, generator=torch.Generator().manual_seed(0)).to(kind)
    mask = channel_mask(values, 3)
    assert mask.dtype == kind
    assert torch.equal(mask, keep_largest(values, 3).to(kind))


def test_a_map_that_lies_in_no_order_in_memory() -> None:
    values = torch.randn(2, 32, 6, 6, generator=torch.Generator().manual_seed(0))[:, ::2, 1:, ::2]
    assert torch.equal(channel_mask(values, 2), keep_largest(values, 2).float())


def test_an_exported_network_follows_its_values() -> None:
    class Kept(torch.nn.Module):
        def forward(self, values: torch.Tensor) -> torch.Tensor:
            return values * channel_mask(values, 3)

    generator = torch.Generator().manual_seed(0)
    first, second = (torch.randn(2, 16, 3, 3, generator=generator) for _ in range(2))
    exported = torch.export.export(Kept(), (first,)).module()
    assert torch.equal(exported(second), second * keep_largest(second, 3))
