"""What `import sparsebench` gives: designs, traces, and the way from a network to a comparison.

    trace = sparsebench.record(model, inputs)
    print(sparsebench.compare(trace, ["sparten", "s2ta_aw"]).frame())

Comparing stored traces needs NumPy, PyYAML, jsonschema and safetensors; `record` imports PyTorch
when it is first asked for.
"""

from typing import TYPE_CHECKING, Any

from sim import *  # noqa: F403 - whatever the simulator offers
from sim import __all__ as names_of_sim
from sim.comparison import LayerCost, NetworkComparison, compare

if TYPE_CHECKING:
    from models.recording import record

__all__ = [*names_of_sim, "LayerCost", "NetworkComparison", "compare", "record"]


def __getattr__(name: str) -> Any:
    """Load `record` when it is first used, for it needs PyTorch."""
    if name != "record":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from models.command.extras import networks_extra

    with networks_extra("record()"):
        from models.recording import record
    return record
