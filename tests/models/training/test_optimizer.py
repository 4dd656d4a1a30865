import subprocess
import sys

import torch
from torch import nn

from models.training.optimizer import AdamW

WITHOUT_COMPILER = """
import sys
import torch
from torch import nn
from models.datasets import Dataset
from models.training import Recipe, train

images = torch.randn(20, 1, 4, 4)
labels = torch.zeros(20, dtype=torch.long)
data = Dataset("toy", images, labels, images, labels)
recipe = Recipe(epochs=2, batch_size=5, learning_rate=0.01, seed=0, threads=1)
train(nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(16, 2)), data, recipe)
print(*sorted({"torch._dynamo", "sympy"} & set(sys.modules)))
"""


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3))


def stepped(module: nn.Module, optimizer: torch.optim.Optimizer) -> list[torch.Tensor]:
    """Weights after some steps on a learning rate that changes."""
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.05, total_steps=9)
    generator = torch.Generator().manual_seed(1)
    for _ in range(8):
        loss = module(torch.randn(7, 6, generator=generator)).square().sum()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
    return list(module.parameters())


def test_steps_are_those_of_pytorchs_adamw() -> None:
    ours, theirs = network(), network()
    groups = [
        {"params": [p for p in theirs.parameters() if p.dim() > 1], "weight_decay": 0.3},
        {"params": [p for p in theirs.parameters() if p.dim() <= 1], "weight_decay": 0.0},
    ]
    given = stepped(ours, AdamW(ours, 0.05, 0.3))
    expected = stepped(theirs, torch.optim.AdamW(groups, lr=0.05))
    assert all(torch.equal(a, b) for a, b in zip(given, expected, strict=True))
    assert all(p.requires_grad and p.grad is not None for p in given)


def test_weights_that_are_held_are_left_alone() -> None:
    module = network()
    held = next(module.parameters()).requires_grad_(False)
    before = held.clone()
    stepped(module, AdamW(module, 0.05, 0.3))
    assert torch.equal(held, before)


def test_training_does_not_load_the_compiler() -> None:
    done = subprocess.run(  # noqa: S603 - the program above
        [sys.executable, "-c", WITHOUT_COMPILER], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
