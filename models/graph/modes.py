"""Switching modules between training and evaluation without losing the state they were in."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from torch import nn


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Evaluation mode inside the block; afterwards every submodule is as it was before."""
    before = [(child, child.training) for child in module.modules()]
    with suppress(NotImplementedError):  # a program of torch.export stays in its only mode
        module.eval()
    try:
        yield
    finally:
        for child, training in before:
            child.training = training
