import pytest
import torch
from torch import nn

from models.graph.hooks import temporary


def test_hooks_are_taken_off_after_an_error_too() -> None:
    module, seen = nn.Identity(), []
    hooks = (module.register_forward_hook(lambda *_: seen.append(1)) for _ in range(2))

    def fail() -> None:
        with temporary(hooks):
            module(torch.zeros(1))
            raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        fail()
    module(torch.zeros(1))
    assert seen == [1, 1]
