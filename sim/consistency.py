"""Checks of a model's events against the masks: a wrong model must not reach a table."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np

from sim.accelerator import Accelerator
from sim.errors import UserError
from sim.events import Access, Events
from sim.masks.blocks import block_macs
from sim.masks.totals import effectual_macs
from sim.trace import LayerTrace
from sim.validation import described


def check_events(name: str, accelerator: Accelerator, trace: LayerTrace, events: Events) -> Events:
    """Return events that agree with the masks they were counted on.

    `Events` itself refuses idle causes that do not add up. Here the multipliers must be the
    design's, by which speedups are scaled, and the masks say what any model must
    count: dense multiplications, those with two nonzero operands (less what blocks taken as zero
    leave out), and every nonzero weight read from DRAM at least once, a byte each, unless the
    design keeps weights on chip or they are activations.

    Raises:
        UserError: a count differs; names the accelerator, the layer, and both numbers.
    """
    where = f"accelerator {name!r} on layer {trace.layer.name!r}"
    _check_kinds(where, events)
    if events.multipliers != accelerator.multipliers:
        raise UserError(
            f"{where}: its events are of {events.multipliers} multipliers, but it has "
            f"{accelerator.multipliers}; mend its model"
        )
    _equal(where, "dense_macs", events.dense_macs, {trace.dense_macs})
    effectual = {int(effectual_macs(trace).sum())}
    if trace.block_map is not None:
        effectual.add(block_macs(trace))
    _equal(where, "effectual_macs", events.effectual_macs, effectual)
    on_chip = trace.layer.is_product or getattr(accelerator, "keeps_weights_on_chip", False)
    if not on_chip:
        _check_weight_bytes(where, trace, events)
    return events


def _check_kinds(where: str, events: Events) -> None:
    """Raise UserError for a count that is no number, or that stands under a key of another kind."""
    names = ("cycles", "dense_macs", "effectual_macs", "multipliers")
    counts = [(name, getattr(events, name)) for name in names]
    tables: tuple[tuple[str, type, Mapping[Any, Any]], ...] = (
        ("idle_multiplier_cycles", str, events.idle_multiplier_cycles),
        ("traffic_bytes", Access, events.traffic_bytes),
        ("actions", str, events.actions),
    )
    for table, kind, entries in tables:
        for key, count in entries.items():
            if not isinstance(key, kind):
                raise UserError(
                    f"{where}: {table} has the key {described(key)}; expected {kind.__name__}; "
                    "mend its model"
                )
            counts.append((table, count))
    for name, count in counts:
        if not _is_count(count, whole=name != "actions"):
            expected = "a finite number" if name == "actions" else "whole numbers"
            raise UserError(
                f"{where}: {name} holds {described(count)}; expected {expected}; mend its model"
            )


def _is_count(value: object, whole: bool) -> bool:
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return True
    return not whole and isinstance(value, float | np.floating) and isfinite(value)


def _equal(where: str, what: str, counted: int, expected: set[int]) -> None:
    if counted not in expected:
        raise UserError(
            f"{where}: counts {counted} {what}; the masks have "
            f"{' or '.join(map(str, sorted(expected)))}; mend its model"
        )


def _check_weight_bytes(where: str, trace: LayerTrace, events: Events) -> None:
    nonzero = trace.weight_nonzeros
    read = sum(
        count
        for access, count in events.traffic_bytes.items()
        if (access.memory, access.operand, access.direction) == ("dram", "weight", "read")
    )
    if read < nonzero:
        raise UserError(
            f"{where}: reads {read} bytes of weights from DRAM; {nonzero} weights are not zero and "
            "each takes a byte or more; mend its model, or set keeps_weights_on_chip in its class"
        )
