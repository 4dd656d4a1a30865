"""Networks of a line, and PyTorch's own count of their multiplications."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode


class Lambda(nn.Module):
    """A forward pass in a line, over modules and parameters given by name."""

    def __init__(self, run: Callable[[Any, Tensor], Tensor], **parts: Any) -> None:
        super().__init__()
        self.run = run
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, x: Tensor) -> Tensor:
        return self.run(self, x)


def tokens(x: Tensor) -> Tensor:
    return x.flatten(2).transpose(1, 2)


def torch_macs(network: nn.Module, x: Tensor) -> int:
    """Multiplications of a forward pass by PyTorch's own counter, which sees every operation.

    Fused attention, which it does not count, is switched off.
    """
    fused = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    plain = sdpa_kernel(SDPBackend.MATH)
    with plain, FlopCounterMode(display=False) as counter, torch.no_grad():
        network.eval()(x)
    torch.backends.mha.set_fastpath_enabled(fused)
    return int(counter.get_total_flops()) // 2
