"""What every accelerator model offers, and the call that runs one."""

from typing import Protocol, runtime_checkable

from sim.errors import UserError
from sim.events import Events
from sim.trace import LayerTrace


@runtime_checkable
class Accelerator(Protocol):
    """One hardware configuration: a frozen dataclass whose fields are its parameters."""

    @property
    def multipliers(self) -> int:
        """Multiplications per cycle at most."""
        ...

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer over all images of the trace."""
        ...


def simulate(trace: LayerTrace, accelerator: Accelerator) -> Events:
    """Run one layer on one accelerator.

    Args:
        trace: shape and zero masks of the layer, for N images.
        accelerator: from `sim.accelerator(name, **overrides)`.

    Returns:
        Events summed over the N images.
    """
    if not isinstance(trace, LayerTrace):
        raise UserError(f"simulate() takes a LayerTrace first, not {type(trace).__name__}")
    if not isinstance(accelerator, Accelerator):
        raise UserError(
            f"simulate() takes an accelerator second, not {type(accelerator).__name__}; "
            "make one with sim.accelerator(name)"
        )
    return accelerator.simulate(trace)
