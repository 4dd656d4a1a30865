"""Simulate one layer: how many cycles each design takes on the same zeros.

python simulate_a_layer.py [FIGURE.svg]
"""

import sys

import numpy as np
from matplotlib.figure import Figure
from sparsebench import Layer, LayerTrace, accelerator, configurations, simulate

DESIGNS = ["dense_ideal", "sa_zvcg", "s2ta_aw", "scnn", "sparten", "phantom_2d", "sense"]

# True where a value is not zero: 40 % of the weights, half of the activations, at random.
rng = np.random.default_rng(0)
layer = Layer.conv("conv2", in_channels=64, out_channels=192, kernel=5, padding=2, input_size=27)
trace = LayerTrace.of(
    layer,
    weight=rng.random((192, 64, 5, 5)) < 0.4,
    activation=rng.random((1, 64, 27, 27)) < 0.5,
)

speedups = {}
print(f"{'design':22}{'cycles':>10}{'utilisation':>13}{'speedup':>9}")
for name in DESIGNS:
    events = simulate(trace, accelerator(name))
    title = configurations()[name].title
    # Over a dense array of as many multipliers that never idles.
    speedups[title] = events.dense_macs / (events.multipliers * events.cycles)
    print(f"{title:22}{events.cycles:10,}{events.utilisation:13.2f}{speedups[title]:9.2f}")

bound = events.dense_macs / events.effectual_macs
print(f"Skipping every zero would give {bound:.2f}.")

if len(sys.argv) > 1:
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.add_subplot()
    axes.barh(list(speedups)[::-1], list(speedups.values())[::-1], color="#4477aa")
    axes.axvline(bound, color="black")
    axes.set_xlabel("speedup over a dense array of as many multipliers; black: bound")
    figure.savefig(sys.argv[1])
