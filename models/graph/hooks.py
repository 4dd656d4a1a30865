"""Hooks on modules for as long as a block of code runs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from torch.utils.hooks import RemovableHandle


@contextmanager
def temporary(hooks: Iterable[RemovableHandle]) -> Iterator[None]:
    """Take hooks off when the block is left, however that happens."""
    registered = list(hooks)
    try:
        yield
    finally:
        for hook in registered:
            hook.remove()
