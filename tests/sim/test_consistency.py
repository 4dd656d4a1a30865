from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from sim import Access, Events, Layer, LayerTrace, UserError, accelerator, simulate
from sim.causes import Cause
from sim.consistency import check_events
from sim.registry import configurations

LAYER = Layer.conv("c", 4, 3, 3, padding=1, input_size=5)
RANDOM = np.random.default_rng(0)
TRACE = LayerTrace.of(
    LAYER,
    weight=RANDOM.random(LAYER.weight_shape) < 0.5,
    activation=RANDOM.random((2, *LAYER.input_shape)) < 0.5,
)
WEIGHTS = int(TRACE.weight.sum())
EFFECTUAL = simulate(TRACE, accelerator("dense_ideal")).effectual_macs


@dataclass(frozen=True)
class Wrong:
    """An accelerator that states whatever it is told."""

    dense: int = TRACE.dense_macs
    effectual: int = EFFECTUAL
    weight_bytes: int = WEIGHTS
    multipliers: int = 1

    def simulate(self, _: LayerTrace) -> Events:
        idle = {Cause.ZERO_OPERAND: self.dense - self.effectual}
        read = {Access("dram", "weight", "read"): self.weight_bytes}
        return Events(self.dense, self.dense, self.effectual, 1, idle, traffic_bytes=read)


@pytest.mark.parametrize("name", list(configurations()))
def test_every_accelerator_agrees_with_the_masks(name: str) -> None:
    model = accelerator(name)
    events = model.simulate(TRACE)
    assert check_events(name, model, TRACE, events) is events


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (Wrong(dense=TRACE.dense_macs + 1), f"dense_macs; the masks have {TRACE.dense_macs}"),
        (Wrong(effectual=EFFECTUAL + 1), f"effectual_macs; the masks have {EFFECTUAL}"),
        (Wrong(weight_bytes=WEIGHTS - 1), f"{WEIGHTS} weights are not zero"),
        (Wrong(multipliers=2), "events are of 1 multipliers, but it has 2"),
        (Wrong(weight_bytes=0), "reads 0 bytes of weights from DRAM"),
    ],
)
def test_a_wrong_model_is_named_with_both_numbers(wrong: Wrong, message: str) -> None:
    with pytest.raises(UserError, match=f"'new' on layer 'c': .*{message}"):
        check_events("new", wrong, TRACE, wrong.simulate(TRACE))
    right = Wrong()
    check_events("new", right, TRACE, right.simulate(TRACE))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cycles": 1.5, "idle_multiplier_cycles": {}}, "cycles holds 1.5; expected whole"),
        ({"traffic_bytes": {"dram": 5}}, "traffic_bytes has the key 'dram'; expected Access"),
        (
            {"traffic_bytes": {Access("dram", "weight", "read"): 0.5}},
            "traffic_bytes holds 0.5; expected whole numbers",
        ),
        ({"actions": {"mac_int8": float("inf")}}, "actions holds inf; expected a finite number"),
    ],
)
def test_counts_of_another_kind_are_named(changes: dict[str, Any], message: str) -> None:
    events = Wrong().simulate(TRACE)
    for name, value in changes.items():
        object.__setattr__(events, name, value)
    with pytest.raises(UserError, match=f"'new' on layer 'c': {message}"):
        check_events("new", Wrong(), TRACE, events)
