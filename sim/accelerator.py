"""What every accelerator model offers, and the call that runs one."""

from functools import reduce
from operator import add
from typing import Protocol, runtime_checkable

from sim.errors import UserError
from sim.events import Events
from sim.layer import Layer
from sim.masks.sharing import shared
from sim.plugin_errors import raised_by_plugin
from sim.trace import LayerTrace


@runtime_checkable
class Accelerator(Protocol):
    """One hardware configuration: a frozen dataclass whose fields are its parameters.

    A class whose design has to know its weights before it runs says why in `needs_static_weights`;
    products of two activations are refused with that reason.
    """

    @property
    def multipliers(self) -> int:
        """Multiplications per cycle at most."""
        ...

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer over all images of the trace."""
        ...


def refusal(layer: Layer, accelerator: Accelerator) -> str:
    """Why a design cannot run a layer, as a sentence; empty = it can."""
    reason: str = getattr(accelerator, "needs_static_weights", "")
    if not (layer.is_product and reason):
        return ""
    return (
        f"{layer.name}: {type(accelerator).__name__} does not multiply activations by activations: "
        f"{reason}"
    )


def simulate(trace: LayerTrace, accelerator: Accelerator) -> Events:
    """Run one layer on one accelerator.

    Args:
        trace: shape and zero masks of the layer, for N images.
        accelerator: from `sim.accelerator(name, **overrides)`.

    Returns:
        Events summed over the N images.

    Raises:
        UserError: an argument is of another kind, the design cannot run such a layer, or it is a
            plug-in's and raises something; then the cause is what it raises.
    """
    if not isinstance(trace, LayerTrace):
        raise UserError(f"simulate() takes a LayerTrace first, not {type(trace).__name__}")
    if not isinstance(accelerator, Accelerator) or isinstance(accelerator, type):
        what = "a class" if isinstance(accelerator, type) else type(accelerator).__name__
        raise UserError(
            f"simulate() takes an accelerator second, not {what}; "
            "make one with sim.accelerator(name)"
        )
    reason = refusal(trace.layer, accelerator)
    if reason:
        raise UserError(reason)
    images = _images_of_product(trace) if trace.layer.is_product else (trace,)
    return reduce(add, (_events(image, accelerator) for image in images))


def simulate_once(trace: LayerTrace, accelerator: Accelerator) -> Events:
    """Run one layer as `simulate` does, within `sharing` once for all names of one design."""
    try:
        hash(accelerator)
    except TypeError:  # somebody's class, whose values may change
        return simulate(trace, accelerator)
    return _of_equals(trace, accelerator)


@shared
def _of_equals(trace: LayerTrace, accelerator: Accelerator) -> Events:
    return simulate(trace, accelerator)


@shared
def _images_of_product(trace: LayerTrace) -> tuple[LayerTrace, ...]:
    return tuple(trace.products_by_image())


def _events(trace: LayerTrace, accelerator: Accelerator) -> Events:
    model = type(accelerator).__name__
    try:
        events = accelerator.simulate(trace)
    except (Exception, SystemExit) as error:  # whatever somebody else's model raises
        brought = raised_by_plugin(error, f"{model} on layer {trace.layer.name!r}")
        if brought is None:
            raise
        raise brought from error
    if not isinstance(events, Events):
        raise UserError(
            f"{model} on layer {trace.layer.name!r}: simulate() returns {type(events).__name__}; "
            "expected Events; mend its model"
        )
    return events
