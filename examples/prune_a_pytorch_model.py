"""Prune and trace a PyTorch model: what two ways of pruning gain on four designs.

Run it as `python prune_a_pytorch_model.py [FIGURE.svg]`.

Trains a small network to tell the direction of noisy stripes, which takes a second.
"""

import sys

import sparsebench
import torch
from matplotlib.figure import Figure
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)
row, column = torch.meshgrid(torch.arange(8.0), torch.arange(8.0), indexing="ij")
directions = torch.stack([row, column, row + column, row - column])
labels = torch.randint(4, (1600,))
places = directions[labels][:, None] + 4 * torch.rand(1600, 1, 1, 1)
images = torch.sin(1.6 * places) + torch.randn(1600, 1, 8, 8)
train, held_out = slice(0, 1400), slice(1400, None)

model = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1),
    nn.ReLU(),
    nn.Conv2d(16, 32, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(32, 32, 3, padding=1),
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(32 * 16, 4),
)
# Plain gradient descent; torch.optim would do as well, but takes seconds to import.
for _ in range(3):
    for batch in torch.randperm(1400).split(50):
        loss = nn.functional.cross_entropy(model(images[train][batch]), labels[train][batch])
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for parameter, gradient in zip(model.parameters(), gradients, strict=True):
                parameter -= 0.1 * gradient
with torch.no_grad():
    right = (model(images[held_out]).argmax(1) == labels[held_out]).float().mean()
print(f"top-1 on held-out stripes: {right:.0%}")

DESIGNS = ["s2ta_aw", "sparten", "phantom_2d", "sense"]
SCHEMES = ["dense", "magnitude", "dbb"]
speedups = {}
print(f"{'speedup':12}" + "".join(f"{scheme:>11}" for scheme in SCHEMES))
for scheme in SCHEMES:
    # A copy is pruned and rounded to INT8; the zeros are those of four held-out stripes.
    trace = sparsebench.record(model, images[held_out][:4], scheme=scheme, name="stripes net")
    comparison = sparsebench.compare(trace, DESIGNS)
    speedups[scheme] = [total.speedup for total in comparison.totals]
for index, design in enumerate(DESIGNS):
    print(f"{design:12}" + "".join(f"{speedups[scheme][index]:11.2f}" for scheme in SCHEMES))

if len(sys.argv) > 1:
    figure = Figure(figsize=(7, 3.5), layout="constrained")
    axes = figure.add_subplot()
    for place, scheme in enumerate(SCHEMES):
        at = [index + 0.26 * (place - 1) for index in range(len(DESIGNS))]
        axes.bar(at, speedups[scheme], width=0.24, label=scheme)
    axes.set_xticks(range(len(DESIGNS)), DESIGNS)
    axes.set_ylabel("speedup over a dense array")
    axes.legend(frameon=False)
    figure.savefig(sys.argv[1])
