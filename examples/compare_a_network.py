"""Compare a whole network: every layer on several designs, without PyTorch.

python compare_a_network.py [FIGURE.svg]
"""

import sys

import numpy as np
from sparsebench import Layer, LayerTrace, NetworkTrace, Provenance, TracedLayer, compare

rng = np.random.default_rng(0)


def masks(layer: Layer, weights: float, activations: float) -> LayerTrace:
    """Random masks of these densities; `sparsebench.record` gives those of a real network."""
    return LayerTrace.of(
        layer,
        weight=rng.random(layer.weight_shape) < weights,
        activation=rng.random((1, *layer.input_shape)) < activations,
    )


SHAPES = [
    # name, input and output channels, kernel, padding, size, share of weights and activations kept
    ("conv1", 3, 48, 5, 2, 32, 0.8, 1.0),
    ("conv2", 48, 96, 3, 1, 16, 0.4, 0.5),
    ("conv3", 96, 128, 3, 1, 8, 0.3, 0.4),
    ("conv4", 128, 128, 3, 1, 8, 0.3, 0.3),
]
readers = [name for name, *_ in SHAPES[1:]] + [None]
layers = tuple(
    TracedLayer(
        masks(Layer.conv(name, i, o, kernel=k, padding=p, input_size=size), weights, activations),
        consumer=reader,
    )
    for (name, i, o, k, p, size, weights, activations), reader in zip(SHAPES, readers, strict=True)
)
origin = Provenance("yours", "four layers", "random", "modelled", "modelled", "random masks")

comparison = compare(
    NetworkTrace(origin, layers), ["s2ta_aw", "scnn", "sparten", "phantom_2d", "sense"]
)
print(f"{'speedup':12}" + "".join(f"{name:>7}" for name, *_ in SHAPES) + f"{'all':>7}")
for total, costs in zip(comparison.totals, comparison.layers.values(), strict=True):
    speedups = [cost.speedup for cost in (*costs, total)]
    print(f"{total.accelerator:12}" + "".join(f"{speedup:7.2f}" for speedup in speedups))
print(f"{'bound':12}" + "".join(f"{cost.bound:7.2f}" for cost in (*costs, total)))

if len(sys.argv) > 1:
    comparison.plot().savefig(sys.argv[1])
