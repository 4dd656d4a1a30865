"""Sweep parameters: what lookahead and the number of mesh rows are worth to one design.

python sweep_parameters.py [FIGURE.svg]
"""

import sys
from itertools import product

import numpy as np
from matplotlib.figure import Figure
from sparsebench import Layer, LayerTrace, accelerator, simulate

LOOKAHEAD = [3, 9, 15, 27]
MESH_ROWS = [2, 4, 8]

rng = np.random.default_rng(0)
layer = Layer.conv("conv3", in_channels=64, out_channels=128, kernel=3, padding=1, input_size=28)
trace = LayerTrace.of(
    layer,
    weight=rng.random((128, 64, 3, 3)) < 0.3,
    activation=rng.random((1, 64, 28, 28)) < 0.4,
)

speedups = {}
for lookahead, rows in product(LOOKAHEAD, MESH_ROWS):
    events = simulate(trace, accelerator("phantom_2d", lookahead=lookahead, mesh_rows=rows))
    speedups[lookahead, rows] = events.dense_macs / (events.multipliers * events.cycles)

print(f"{'mesh rows':12}" + "".join(f"{rows:7}" for rows in MESH_ROWS))
for lookahead in LOOKAHEAD:
    row = "".join(f"{speedups[lookahead, rows]:7.2f}" for rows in MESH_ROWS)
    print(f"lookahead {lookahead:2}{row}")

if len(sys.argv) > 1:
    figure = Figure(figsize=(7, 3.5), layout="constrained")
    axes = figure.add_subplot()
    for rows, marker in zip(MESH_ROWS, "sod", strict=True):
        curve = [speedups[lookahead, rows] for lookahead in LOOKAHEAD]
        axes.plot(LOOKAHEAD, curve, marker=marker, label=f"{rows} mesh rows")
    axes.set(xlabel="lookahead, output positions", ylabel="speedup over a dense array")
    axes.legend(frameon=False)
    figure.savefig(sys.argv[1])
