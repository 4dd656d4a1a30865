"""Parts of the dataflow designs that whole layers exercise too rarely: dealing, bytes, LUTs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim import Access, Layer, LayerTrace, accelerator, simulate
from sim.accelerators.hass.memory import place_weights
from sim.accelerators.hass.resources import Budget, Resources, layer_resources
from sim.accelerators.hass.streams import dealt
from sim.accelerators.hass.vectors import VectorShape
from tests.reference import hass as slow

ONE = np.ones(1, dtype=np.int64)


@given(st.data(), st.integers(1, 5), st.integers(1, 5), st.booleans())
def test_items_are_dealt_to_and_fro(
    data: st.DataObject, streams: int, turns: int, interleave: bool
) -> None:
    size = streams * turns
    work = data.draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))
    found = dealt(np.array(work), streams, interleave)
    assert found.tolist() == slow.deal_to_streams(work, streams, interleave)


def test_a_window_reads_a_new_column_and_a_cluster_its_channels() -> None:
    read = Access("sram_8kib", "activation", "read")
    window = simulate(LayerTrace(Layer.conv("w", 4, 6, 3, input_size=5)), accelerator("hass"))
    assert window.traffic_bytes[read] == 9 * 4 * 3 * 2
    pointwise = simulate(LayerTrace(Layer.conv("p", 16, 6, 1, input_size=5)), accelerator("hass"))
    assert pointwise.traffic_bytes[read] == 25 * 16 * 2


def test_line_buffers_leave_less_block_ram_for_weights() -> None:
    grid = ONE[:, None]
    demand = Resources(
        dsp=grid,
        lut=grid,
        line_bram18=5 * grid,
        weight_bram18=10 * grid,
        weight_uram=4 * grid,
        streamed_bytes=99 * grid,
    )
    placed = place_weights(demand, Budget(1, 1, bram18=12, uram=0, memory_bytes_per_cycle=1.0))
    assert placed.streamed_bytes.tolist() == [99]
    assert placed.bram18.tolist() == [5]
    assert placed.fits.all()


def test_partial_sums_take_a_memory_word_per_filter() -> None:
    def luts(filters: int) -> int:
        layer = Layer.conv("p", 8, filters, 1, input_size=4)
        shape = VectorShape.of(layer, 8)
        return int(layer_resources(layer, shape, True, (ONE,) * 4, 16).lut[0])

    assert luts(65) - luts(64) == 32
