from fractions import Fraction

import numpy as np
import pytest

from sim import (
    Layer,
    LayerTrace,
    NetworkTrace,
    Provenance,
    TracedLayer,
    accelerator,
    configurations,
    simulate,
)
from sim.outputs import output_values, scaled, written_masks, written_share

LAYER = Layer.conv("conv", 3, 8, 3, padding=1, input_size=(6, 6))


@pytest.mark.parametrize(
    ("output_shape", "on_chip", "off_chip"),
    [
        ((1, 8, 6, 6), Fraction(1), Fraction(1)),
        ((1, 8, 3, 3), Fraction(1), Fraction(4)),
        ((1, 24, 6, 6), Fraction(1, 3), Fraction(1, 3)),
        ((1, 72, 1, 1), Fraction(1), Fraction(4)),
        ((1, 64, 1, 1), Fraction(1, 8), Fraction(9, 2)),
        ((1, 20, 1, 1), Fraction(2, 5), Fraction(72, 5)),
        ((1, 8, 37, 1), Fraction(36, 37), Fraction(36, 37)),
        ((1, 32, 3, 3), Fraction(1), Fraction(1)),
        ((1, 36, 4, 2), Fraction(1), Fraction(1)),
    ],
    ids=[
        "same",
        "pooled",
        "concatenated with others",
        "pooled and flattened",
        "pooled to a pixel, then concatenated",
        "the same, with other numbers of channels",
        "behind a class token",
        "pixels as channels",
        "second operand of a product",
    ],
)
def test_share_of_the_output_mask_that_a_layer_writes(
    output_shape: tuple[int, ...], on_chip: Fraction, off_chip: Fraction
) -> None:
    trace = LayerTrace(LAYER, output=np.ones(output_shape, dtype=bool))
    assert written_share(trace, True) == on_chip
    assert written_share(trace, False) == off_chip


def test_with_a_gate_the_map_is_written_that_it_is_multiplied_onto() -> None:
    gate = LayerTrace(Layer.linear("gate", 4, 8), output=np.ones((1, 8, 6, 6), dtype=bool))
    assert written_share(gate, True) == written_share(gate, False) == 1


def test_without_an_output_mask_the_own_output_is_dense() -> None:
    trace = LayerTrace(LAYER)
    assert written_share(trace, True) == 1
    assert output_values(trace) == written_masks(trace).size
    assert written_masks(trace).shape == (1, 8, 6, 6)
    assert written_masks(trace).all()


def test_shares_round_up() -> None:
    assert scaled(10, Fraction(1, 3)) == 4


def _branches(filters: tuple[int, ...], size: int) -> NetworkTrace:
    """Branches whose results one layer reads beside each other."""
    rng = np.random.default_rng(0)
    joined = rng.random((1, sum(filters), size, size)) < 0.5
    reader = Layer.conv("reader", sum(filters), 8, 1, input_size=size)
    image = np.ones((1, 8, size, size), dtype=bool)
    entries = [
        TracedLayer(
            LayerTrace(
                Layer.conv(f"branch{place}", 8, count, 1, input_size=size), activation=image
            ),
            consumer="reader",
        )
        for place, count in enumerate(filters)
    ]
    given = Provenance("user", "branches", "given", "measured", "measured", "made up")
    return NetworkTrace(given, (*entries, TracedLayer(LayerTrace(reader, activation=joined))))


ADDRESSES = {"eyeriss_v2": 0.1}
"""Share of a map that addresses may differ by, as columns are as deep as the writer's blocks."""


@pytest.mark.parametrize("size", [6, 192], ids=["on chip", "beyond it"])
@pytest.mark.parametrize("name", list(configurations()))
def test_a_concatenated_map_is_written_once_by_all_of_its_branches(name: str, size: int) -> None:
    if size > 6 and name not in ("dense_ideal", "s2ta_aw", "sparten", "scnn", "eyeriss_v2"):
        pytest.skip("one design for each kind of memory")
    written = []
    for filters in ((48,), (24, 8, 16)):
        *branches, _ = _branches(filters, size).traces
        events = [simulate(branch, accelerator(name)) for branch in branches]
        written.append(
            {
                memory: sum(
                    count
                    for each in events
                    for access, count in each.traffic_bytes.items()
                    if (access.operand, access.direction) == ("output", "write")
                    and (access.memory == "dram") == (memory == "dram")
                )
                for memory in ("dram", "on chip")
            }
        )
    whole, parts = written
    for memory, count in whole.items():
        assert parts[memory] == pytest.approx(count, rel=ADDRESSES.get(name, 0), abs=2)
