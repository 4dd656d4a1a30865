import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Layer, LayerTrace
from sim.masks import output_counts, totals
from tests.examples import examples
from tests.reference import windows as reference
from tests.strategies import traces


def _counts(trace: LayerTrace) -> np.ndarray:
    """(N, groups, P, F) effectual multiplications of every output, one by one."""
    layer = trace.layer
    shape = (trace.images, layer.groups, layer.output_pixels, layer.group_filters)
    counts = np.zeros(shape, dtype=int)
    for image, group, pixel, filter_ in np.ndindex(shape):
        row, column = divmod(pixel, layer.output_size[1])
        pairs = reference.operand_pairs(
            trace, image, group * layer.group_filters + filter_, row, column
        )
        counts[image, group, pixel, filter_] = sum(w and a for *_, w, a in pairs)
    return counts


@settings(max_examples=examples(40), deadline=None)
@given(traces(), st.integers(1, 7), st.integers(1, 7))
def test_tile_reductions_count_each_pair_once(
    trace: LayerTrace, tile_pixels: int, tile_filters: int
) -> None:
    counts = _counts(trace)
    sums = output_counts.tile_effectual_counts(trace, tile_pixels, tile_filters)
    maxima = output_counts.tile_effectual_maxima(trace, tile_pixels, tile_filters)
    for p, f in np.ndindex(sums.shape[2:]):
        tile = counts[
            :,
            :,
            p * tile_pixels : (p + 1) * tile_pixels,
            f * tile_filters : (f + 1) * tile_filters,
        ]
        assert np.array_equal(sums[:, :, p, f], tile.sum(axis=(2, 3)))
        assert np.array_equal(maxima[:, :, p, f], tile.max(axis=(2, 3)))
    assert np.array_equal(totals.effectual_macs(trace), counts.sum(axis=(1, 2, 3)))


def test_blocks_join_without_a_seam(monkeypatch) -> None:
    rng = np.random.default_rng(0)
    layer = Layer.conv("conv", 70, 5, 3, padding=1, input_size=(9, 8))
    trace = LayerTrace(layer, rng.random(layer.weight_shape) < 0.5, rng.random((2, 70, 9, 8)) < 0.5)
    whole = output_counts.tile_effectual_maxima(trace, 4, 2)
    monkeypatch.setattr(output_counts, "BLOCK_OUTPUTS", 40)
    assert np.array_equal(output_counts.tile_effectual_maxima(trace, 4, 2), whole)
    assert len({block.first_pixel for block in output_counts.count_blocks(trace, 4)}) == 9


@settings(max_examples=examples(40), deadline=None)
@given(traces())
def test_packed_masks_hold_the_windows_in_channel_fastest_order(trace: LayerTrace) -> None:
    layer = trace.layer
    packed = output_counts.pack_windows(trace)
    bits = np.unpackbits(packed.view(np.uint8), axis=-1, bitorder="little")
    assert bits.shape[-1] % 64 == 0
    assert not bits[..., layer.window :].any()
    weights = np.unpackbits(
        output_counts.pack_filters(trace).view(np.uint8), axis=-1, bitorder="little"
    )
    for image, group, pixel in np.ndindex(packed.shape[:3]):
        row, column = divmod(pixel, layer.output_size[1])
        first = group * layer.group_filters
        pairs = sorted(
            reference.operand_pairs(trace, image, first, row, column),
            key=lambda pair: (pair[1], pair[2], pair[0]),
        )
        assert bits[image, group, pixel, : layer.window].tolist() == [a for *_, a in pairs]
        assert weights[group, 0, : layer.window].tolist() == [w for *_, w, _ in pairs]
