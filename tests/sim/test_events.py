from typing import Any

import pytest

from sim import Access, Events


def test_events_must_account_for_every_multiplier_cycle() -> None:
    with pytest.raises(ValueError, match="do not add up to 6"):
        Events(4, 8, 2, 2, {"fill": 5})


def test_events_add_up_and_merge_their_counts() -> None:
    events = Events(
        cycles=4,
        dense_macs=8,
        effectual_macs=2,
        multipliers=2,
        idle_multiplier_cycles={"fill": 6},
        traffic_bytes={Access("dram", "weight", "read"): 3},
        actions={"mac_int8": 2},
    )
    both = events + events
    assert (both.cycles, both.idle_multiplier_cycles, both.actions) == (
        8,
        {"fill": 12},
        {"mac_int8": 4},
    )
    assert both.dram_bytes == 6
    with pytest.raises(ValueError, match="different multipliers"):
        _ = events + Events(1, 1, 1, 1)


@pytest.mark.parametrize(
    "counts",
    [
        {"idle_multiplier_cycles": {"fill": -1, "edge": 7}},
        {
            "idle_multiplier_cycles": {"fill": 6},
            "traffic_bytes": {Access("dram", "psum", "read"): -1},
        },
        {"idle_multiplier_cycles": {"fill": 6}, "actions": {"mac_int8": -0.5}},
    ],
)
def test_no_count_is_negative(counts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="negative counts"):
        Events(4, 8, 2, 2, **({"idle_multiplier_cycles": {"fill": 6}} | counts))


def test_bytes_are_those_of_a_memory_and_a_direction() -> None:
    traffic = {
        Access("dram", "weight", "read"): 3,
        Access("dram", "output", "write"): 4,
        Access("sram_2mib", "output", "write"): 5,
    }
    events = Events(4, 8, 8, 2, traffic_bytes=traffic)
    assert events.bytes_moved("dram") == 7
    assert events.bytes_moved("dram", "write") == 4
    assert events.bytes_moved("sram_8kib") == 0
    assert events.utilisation == 1
