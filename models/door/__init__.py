"""What `import sparsebench` gives: designs, traces, and the way from a network to a comparison.

    trace = sparsebench.record(model, inputs)
    print(sparsebench.compare(trace, ["sparten", "s2ta_aw"]).frame())

Comparing stored traces needs NumPy, PyYAML, jsonschema and safetensors; `record` imports PyTorch
for a module of it, onnx and onnxruntime for an ONNX file.
"""

from models.recording import record
from sim import *  # noqa: F403 - whatever the simulator offers
from sim import __all__ as names_of_sim
from sim.comparison import NetworkComparison, compare
from sim.layer_costs import LayerCost

__all__ = [*names_of_sim, "LayerCost", "NetworkComparison", "compare", "record"]
