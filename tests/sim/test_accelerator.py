from typing import Any

import pytest

from sim import Accelerator, Layer, LayerTrace, UserError, accelerator, simulate

TRACE = LayerTrace.of(Layer.linear("fc", 8, 4))


def test_a_configuration_is_an_accelerator() -> None:
    array = accelerator("dense_ideal")
    assert isinstance(array, Accelerator)
    assert simulate(TRACE, array) == array.simulate(TRACE)


@pytest.mark.parametrize(
    ("trace", "array", "message"),
    [
        (TRACE.layer, accelerator("dense_ideal"), "takes a LayerTrace first, not Layer"),
        (TRACE, "dense_ideal", r"takes an accelerator second, not str; make one with"),
        (
            TRACE,
            type(accelerator("dense_ideal")),
            r"takes an accelerator second, not a class; make one with",
        ),
    ],
)
def test_what_cannot_be_simulated_is_named(trace: Any, array: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        simulate(trace, array)
