import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import Access, Layer, LayerTrace, UserError
from sim.gating import clocked
from sim.memory import ArrayBytes, Memory, StoredBytes, Traffic, dense_bytes, sram_entry

sizes = st.integers(0, 5000)
stored = st.builds(StoredBytes, sizes, sizes, sizes, st.booleans(), st.booleans())
adding = st.builds(replace, stored, residual=sizes)
array = st.builds(ArrayBytes, sizes, sizes, sizes, sizes)
kib = st.integers(1, 9)


def _sum(traffic: Traffic, operand: str, direction: str, dram: bool) -> int:
    return sum(
        count
        for access, count in traffic.items()
        if (access.memory == "dram", access.operand, access.direction) == (dram, operand, direction)
    )


@given(adding, array, st.integers(1, 5), kib)
def test_what_dram_gives_a_buffer_takes_and_the_other_way_round(
    stored: StoredBytes, array: ArrayBytes, weight_kib: int, activation_kib: int
) -> None:
    traffic = Memory(weight_kib, activation_kib, 1.0).traffic(stored, array)
    for operand in ("weight", "activation"):
        given_out = _sum(traffic, operand, "read", dram=True)
        assert given_out == _sum(traffic, operand, "write", dram=False)
    taken = _sum(traffic, "output", "write", dram=True)
    assert taken == _sum(traffic, "output", "read", dram=False)
    assert _sum(traffic, "weight", "read", dram=True) == stored.weight
    assert _sum(traffic, "activation", "read", dram=False) == (
        array.activation_read + stored.residual
    )
    assert all(traffic.values())


@given(stored, array, st.integers(1, 5), kib)
def test_image_and_result_cross_dram_and_so_do_maps_beyond_half_the_buffer(
    stored: StoredBytes, array: ArrayBytes, weight_kib: int, activation_kib: int
) -> None:
    traffic = Memory(weight_kib, activation_kib, 1.0).traffic(stored, array)
    half = activation_kib * 512
    fillings = math.ceil(stored.weight / (weight_kib * 1024))
    fetches = fillings if stored.input > half else stored.reads_image
    assert _sum(traffic, "activation", "read", dram=True) == stored.input * fetches
    leaves = stored.ends_network or stored.output > half
    assert _sum(traffic, "output", "write", dram=True) == stored.output * leaves


@given(adding, array, kib)
def test_what_is_added_returns_from_dram_where_three_maps_do_not_fit(
    stored: StoredBytes, array: ArrayBytes, activation_kib: int
) -> None:
    memory, whole = Memory(5, activation_kib, 1.0), activation_kib * 1024
    plain = memory.traffic(replace(stored, residual=0), array)
    traffic = memory.traffic(stored, array)
    free = whole - stored.input - stored.output
    alone_too_large = stored.residual > whole / 2  # its writer sent it to DRAM
    returned = stored.residual if alone_too_large or stored.residual > free else 0
    evicted = 0 if alone_too_large else returned
    added = {
        Access("dram", "activation", "read"): returned,
        Access(memory.activation_buffer, "activation", "write"): returned,
        Access(memory.activation_buffer, "activation", "read"): stored.residual,
        Access(memory.activation_buffer, "output", "read"): evicted,
        Access("dram", "output", "write"): evicted,
    }
    for access in traffic | added:
        assert traffic.get(access, 0) == plain.get(access, 0) + added.get(access, 0)


@given(stored, array, kib, kib)
def test_a_second_operand_that_is_a_map_is_copied_where_it_lies_on_chip(
    stored: StoredBytes, array: ArrayBytes, weight_kib: int, activation_kib: int
) -> None:
    memory = Memory(weight_kib, activation_kib, 1.0)
    plain = memory.traffic(stored, array)
    traffic = memory.traffic(replace(stored, weight_is_map=True), array)
    kept = stored.weight if 2 * stored.weight <= activation_kib * 1024 else 0
    assert _sum(traffic, "weight", "read", dram=True) == stored.weight - kept
    assert _sum(traffic, "weight", "read", dram=False) == array.weight_read + kept
    assert {a: n for a, n in traffic.items() if a.operand != "weight"} == {
        a: n for a, n in plain.items() if a.operand != "weight"
    }


@given(map_bytes=sizes, others=st.tuples(sizes, sizes), activation_kib=kib)
def test_the_writer_and_the_reader_of_a_map_agree_where_it_lies(
    map_bytes: int, others: tuple[int, int], activation_kib: int
) -> None:
    memory, weight = Memory(5, activation_kib, 1.0), 1
    writer = memory.traffic(StoredBytes(weight, others[0], map_bytes), ArrayBytes(1, 1))
    reader = memory.traffic(StoredBytes(weight, map_bytes, others[1]), ArrayBytes(1, 1))
    written = _sum(writer, "output", "write", dram=True)
    assert _sum(reader, "activation", "read", dram=True) == written


@pytest.mark.parametrize(
    ("bandwidth", "computing", "stall"),
    [(2.0, 40, 11), (2.0, 51, 0), (2.0, 60, 0), (3.0, 0, 34), (math.inf, 0, 0)],
)
def test_transfers_hide_behind_computation(bandwidth: float, computing: int, stall: int) -> None:
    memory = Memory(1, 1, bandwidth)
    traffic = {Access("dram", "weight", "read"): 101, Access("sram_2mib", "output", "read"): 999}
    assert memory.stall_cycles(computing, traffic) == stall


def test_dense_bytes_are_one_per_value_of_an_image() -> None:
    layer = Layer.conv("conv", 4, 6, 3, padding=1, input_size=(5, 7), groups=2)
    inputs = np.ones((3, 4, 5, 7), dtype=bool)
    plain = dense_bytes(LayerTrace(layer, None, inputs))
    assert plain == StoredBytes(6 * 2 * 9, 4 * 35, 6 * 35)
    pooled = LayerTrace(layer, None, inputs, output=np.ones((3, 6, 2, 3), dtype=bool))
    assert dense_bytes(pooled).output == 6 * 6


def test_buffers_cost_by_their_capacity() -> None:
    stored, reads = StoredBytes(10, 10, 10), ArrayBytes(10, 10)
    for size, entry in ((8, "sram_8kib"), (100, "sram_108kib"), (2048, "sram_2mib")):
        traffic = Memory(size, size, 1.0).traffic(stored, reads)
        assert {access.memory for access in traffic} == {"dram", entry}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((0, 1, 1.0), "weight_buffer_kib is 0"),
        ((1, -1, 1.0), "activation_buffer_kib is -1"),
        ((1, 1, 0.0), "dram_bytes_per_cycle is 0.0"),
        ((1, 1, math.nan), "dram_bytes_per_cycle is nan"),
    ],
)
def test_impossible_memories_are_refused(values: tuple[int, int, float], message: str) -> None:
    with pytest.raises(UserError, match=message):
        Memory(*values)


def test_a_stopped_element_costs_the_residual() -> None:
    assert clocked(30, 100, 0.1) == pytest.approx(37)
    assert clocked(30, 100, 0.0) == 30
    assert clocked(30, 100, 1.0) == 100


@pytest.mark.parametrize(
    ("capacity_kib", "entry"),
    [
        (1, "sram_8kib"),
        (8, "sram_8kib"),
        (9, "sram_16kib"),
        (17, "sram_108kib"),
        (256, "sram_512kib"),
        (513, "sram_2mib"),
    ],
)
def test_a_buffer_costs_what_the_next_larger_memory_costs(capacity_kib: int, entry: str) -> None:
    assert sram_entry(capacity_kib) == entry
    assert sram_entry(1 << 20) == "sram_2mib"
