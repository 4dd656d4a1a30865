"""Parts of the dataflow designs that whole layers exercise too rarely: dealing, bytes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim import Access, Layer, LayerTrace, accelerator, simulate
from sim.accelerators.hass.streams import dealt
from tests.reference import hass as slow


@given(st.data(), st.integers(1, 5), st.integers(1, 5), st.booleans())
def test_items_are_dealt_to_and_fro(
    data: st.DataObject, streams: int, turns: int, interleave: bool
) -> None:
    size = streams * turns
    work = data.draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))
    queues = dealt(np.array(work), streams, interleave)
    assert queues.tolist() == slow.deal_to_streams(work, streams, interleave)


def test_a_window_reads_a_new_column_and_a_cluster_its_channels() -> None:
    read = Access("sram_8kib", "activation", "read")
    window = simulate(LayerTrace(Layer.conv("w", 4, 6, 3, input_size=5)), accelerator("hass"))
    assert window.traffic_bytes[read] == 9 * 4 * 3 * 2
    pointwise = simulate(LayerTrace(Layer.conv("p", 16, 6, 1, input_size=5)), accelerator("hass"))
    assert pointwise.traffic_bytes[read] == 25 * 16 * 2
