import pytest

from sim import UserError
from sim.platforms import platform, platforms


def test_every_board_reads_and_states_its_bandwidth() -> None:
    assert {"u250", "zc706", "zcu102"} <= set(platforms())
    for name in platforms():
        assert platform(name).memory_bytes_per_cycle > 0


def test_bandwidth_per_cycle_falls_with_the_clock() -> None:
    board = platform("u250")
    assert board.memory_bytes_per_cycle == pytest.approx(614.4e9 / 8 / 250e6)
    slower = platform("u250", clock_mhz=125.0)
    assert slower.memory_bytes_per_cycle == 2 * board.memory_bytes_per_cycle


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"dsps": 1}, "did you mean 'dsp'"),
        ({"dsp": 0}, "dsp is 0"),
        ({"lut": -1}, "lut is -1"),
        ({"clock_mhz": float("nan")}, "clock_mhz is nan"),
    ],
)
def test_impossible_resources_are_named(overrides: dict[str, float], message: str) -> None:
    with pytest.raises(UserError, match=message):
        platform("u250", **overrides)


def test_unknown_board_lists_what_there_is() -> None:
    with pytest.raises(UserError, match="zcu102"):
        platform("zcu103")
