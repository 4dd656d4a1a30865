import pytest

from sim import Access, Events, UserError, technology
from sim.energy import logic_scale


def test_scaling_follows_the_quadratic_of_stillmaker_and_baas() -> None:
    assert logic_scale(45) == 1
    assert logic_scale(16) == pytest.approx(0.172, abs=0.001)
    assert logic_scale(65) == pytest.approx(1.906, abs=0.001)


def test_dram_does_not_scale_with_the_node() -> None:
    events = Events(
        cycles=1,
        dense_macs=1,
        effectual_macs=1,
        multipliers=1,
        idle_multiplier_cycles={},
        traffic_bytes={Access("dram", "weight", "read"): 2},
        actions={"mac_int8": 10},
    )
    new, old = technology(16).energy_pj(events), technology(65).energy_pj(events)
    assert new["dram"] == old["dram"] == 128
    assert old["mac"] / new["mac"] == pytest.approx(logic_scale(65) / logic_scale(16))


def test_unknown_nodes_entries_and_negative_energies_are_refused() -> None:
    with pytest.raises(UserError, match="unknown technology node 7 nm; there is: 16, 45, 65"):
        technology(7)
    with pytest.raises(UserError, match="unknown technology entry 'drm'"):
        technology(16, drm=1.0)
    with pytest.raises(UserError, match="expected at least 0"):
        technology(16, dram=-1.0)


def test_multiplications_of_8_and_16_bit_come_from_one_source() -> None:
    entries = technology(45).entries
    source = "Accelergy 45 nm tables in the Sparseloop MICRO 2022 artifact"
    assert all(source in entries[name].source for name in ("mac_int8", "mac_int16"))
    # an array multiplier grows with the square of the width, its accumulator does not
    assert 2 < entries["mac_int16"].energy_pj / entries["mac_int8"].energy_pj < 4
    assert 0.30 in entries["mac_int8"].sweep


def test_every_entry_has_a_source_and_a_known_scaling() -> None:
    for name, entry in technology(45).entries.items():
        assert entry.source, name
        assert entry.scales in {"logic", "sram", "none"}, name
        assert entry.status in {"published", "derived", "assumed"}, name
        assert entry.status != "assumed" or entry.sweep, f"{name} is assumed but not swept"
