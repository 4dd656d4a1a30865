"""What every accelerator moves over DRAM: the first map, the last one, and what waits for a sum."""

from dataclasses import replace

import pytest

from sim import Layer, LayerTrace, accelerator, configurations, simulate

pytestmark = pytest.mark.parametrize("name", list(configurations()))

NO_DRAM = {
    "dataflow_dense": "maps stream from layer to layer; the ports are bound by rate, not counted",
    "pass": "maps stream from layer to layer; the ports are bound by rate, not counted",
    "hass": "maps stream from layer to layer; the ports are bound by rate, not counted",
}
"""Accelerators that move no map over DRAM, with the reason."""


MAPS_IN_DRAM = (
    "eyeriss",
    "sense",
    "sense_unclustered",
    "sense_unbalanced",
    "sense_neither",
    "swallow_like",
)
"""Accelerators whose maps all lie in DRAM."""


def test_the_first_map_comes_from_dram_and_the_last_goes_there(name: str) -> None:
    layer = Layer.conv("only", 8, 8, 3, padding=1, input_size=6)
    trace = replace(LayerTrace.of(layer), reads_image=True, ends_network=True)
    moved = {
        (access.operand, access.direction): count
        for access, count in simulate(trace, accelerator(name)).traffic_bytes.items()
        if access.memory == "dram"
    }
    kept = name in NO_DRAM
    assert (moved.get(("activation", "read"), 0) == 0) is kept
    assert (moved.get(("output", "write"), 0) == 0) is kept


@pytest.mark.parametrize("elements", [1, 200, 10**7])
def test_what_is_added_to_an_output_is_read_once_and_from_dram_if_it_does_not_fit(
    name: str, elements: int
) -> None:
    layer = Layer.conv("only", 8, 8, 3, padding=1, input_size=6)
    plain, adding = (
        simulate(LayerTrace.of(replace(layer, residual_elements=count)), accelerator(name))
        for count in (0, elements)
    )
    assert adding.cycles >= plain.cycles
    from_dram = adding.bytes_moved("dram", "read") - plain.bytes_moved("dram", "read")
    read = sum(
        adding.traffic_bytes[access] - plain.traffic_bytes.get(access, 0)
        for access in adding.traffic_bytes
        if (access.operand, access.direction) == ("activation", "read") and access.memory != "dram"
    )
    if name in NO_DRAM:
        assert adding == plain
        return
    value_bytes, rest = divmod(read, elements)
    assert (value_bytes in (1, 2), rest) == (True, 0)
    keeps_maps = name not in MAPS_IN_DRAM
    assert from_dram == (0 if keeps_maps and elements < 10**7 else read)
