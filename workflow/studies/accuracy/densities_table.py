"""Where the zeros are: densities and bounds of every layer of every trace.

Fraction of nonzero weights and input activations of every layer, and the tightest bound per block
of 8 input channels that they satisfy.
"""

from collections.abc import Iterable

import pandas as pd

from sim import NetworkTrace
from sim.layer import layer_kind
from workflow.tabling.shared import traces_command


def layer_densities(trace: NetworkTrace) -> pd.DataFrame:
    """One row per layer; density is the fraction of values that are not zero."""
    origin = trace.provenance
    return pd.DataFrame(
        {
            "suite": origin.suite,
            "network": origin.network,
            "scheme": origin.scheme,
            "layer": entry.layer.name,
            "layer_kind": layer_kind(entry.layer),
            "weight_density": entry.weight_density,
            "activation_density": entry.activation_density,
            "weight_bound_of_8": entry.weight_bound,
            "activation_bound_of_8": entry.activation_bound,
            "dense_macs_per_image": entry.layer.dense_macs,
            "images": entry.images,
            "weight_source": origin.weight_source,
            "activation_source": origin.activation_source,
            "data": origin.data,
        }
        for entry in trace.traces
    )


def densities(traces: Iterable[NetworkTrace]) -> pd.DataFrame:
    """The layers of all traces."""
    return pd.concat(map(layer_densities, traces), ignore_index=True)


if __name__ == "__main__":
    traces_command(densities, __doc__)
