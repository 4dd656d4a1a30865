"""Max pooling in whichever order of memory PyTorch is fast in; the results are the same."""

import torch
from torch import Tensor, nn


class MaxPool2d(nn.MaxPool2d):
    """Max pooling as PyTorch has it, several times as fast on a processor where nothing is trained.

    PyTorch vectorizes it over channels alone, so maps of successive pixels take a detour, and few
    channels are slow in any order; windows of 2x2 are the maximum of two halves, twice.
    """

    def forward(self, input: Tensor) -> Tensor:
        """The pooled map, in the order of memory of the input."""
        detour = not (input.requires_grad or input.dim() != 4 or input.device.type != "cpu")
        if detour and self._takes_whole_pairs(input):
            rows = torch.maximum(input[:, :, 0::2], input[:, :, 1::2])
            return torch.maximum(rows[..., 0::2], rows[..., 1::2])
        given = input
        detour = detour and input.is_contiguous()
        if detour:
            given = input.contiguous(memory_format=torch.channels_last)
        pooled: Tensor = super().forward(given)
        return pooled.contiguous() if detour else pooled

    def _takes_whole_pairs(self, input: Tensor) -> bool:
        def both(value: object) -> object:
            return value if isinstance(value, tuple) else (value, value)

        pairs = both(self.kernel_size) == both(self.stride) == (2, 2)
        plain = both(self.padding) == (0, 0) and both(self.dilation) == (1, 1)
        even = input.shape[2] % 2 == 0 and input.shape[3] % 2 == 0
        return pairs and plain and even and not self.return_indices


def quicken_pooling(module: nn.Module) -> None:
    """Put MaxPool2d in the place of PyTorch's, in place; a user's own classes stay."""
    for name, child in list(module.named_modules()):
        if type(child) is nn.MaxPool2d:
            quick = MaxPool2d(
                child.kernel_size,
                child.stride,
                child.padding,
                child.dilation,
                return_indices=child.return_indices,
                ceil_mode=child.ceil_mode,
            )
            module.set_submodule(name, quick.train(child.training))
