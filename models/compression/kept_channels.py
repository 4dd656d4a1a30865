"""Values with all but the largest of every few successive channels set to zero."""

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from models.compression.density_bound import keep_largest
from sim.masks.density_bound import DBB_BLOCK

Bits = npt.NDArray[np.uint8]

# Row i is the bits of i, the lowest first.
_MASKS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")


def largest_channels(values: Tensor, bound: int) -> Tensor:
    """Keep the `bound` largest magnitudes of every 8 successive channels of (N, C, ...).

    Of equal magnitudes the lower channel stays, as models.compression.density_bound has it. NumPy
    compares several times as fast as PyTorch does on a processor, so it does where it can.

    Args:
        values: (N, C, ...).
        bound: 0 to 8.

    Returns:
        The values, zero where they are not kept, in the same order of memory.
    """
    plain = values.device.type == "cpu" and values.dtype == torch.float32
    last = values.movedim(1, -1)
    if plain and last.is_contiguous():
        # in memory as the values are, to the strides of axes of length 1: kernels go by them
        return _of_innermost(last, bound).as_strided(values.shape, values.stride())
    if plain and values.is_contiguous() and values.shape[1] % DBB_BLOCK == 0:
        kept = _kept(values.abs().numpy().reshape(-1, DBB_BLOCK, values.shape[2:].numel()), bound)
        return values * torch.from_numpy(kept).reshape(values.shape).to(values.dtype)
    # a product of two types takes several times as long
    return values * keep_largest(values, bound).to(values.dtype)


def _of_innermost(values: Tensor, bound: int) -> Tensor:
    """As largest_channels, of (..., C) whose channels are next to each other in memory."""
    channels = values.shape[-1]
    filled = F.pad(values, (0, -channels % DBB_BLOCK))
    blocks = filled.numpy().reshape(-1, DBB_BLOCK)
    lanes = np.abs(np.ascontiguousarray(blocks.T))
    if missing := filled.shape[-1] - channels:  # lose to any value
        lanes.reshape(DBB_BLOCK, -1, filled.shape[-1] // DBB_BLOCK)[-missing:, :, -1] = -1
    code = np.zeros(len(blocks), np.uint8)
    for lane, kept in enumerate(_kept(lanes[None], bound)[0]):
        code |= kept.view(np.uint8) << np.uint8(lane)
    masks = _MASKS.astype(blocks.dtype)
    pruned = torch.from_numpy(blocks * masks.take(code, axis=0)).reshape(filled.shape)
    return pruned[..., :channels].contiguous()


def _kept(lanes: npt.NDArray[np.float32], bound: int) -> npt.NDArray[np.bool_]:
    """Which of magnitudes (outer, 8, inner) are among the `bound` largest along the middle axis."""
    ranks: Bits = np.empty(lanes.shape, np.uint8)
    ranks[:] = np.arange(DBB_BLOCK - 1, -1, -1, dtype=np.uint8)[:, None]
    for apart in range(1, DBB_BLOCK):
        low_wins = (lanes[:, :-apart] >= lanes[:, apart:]).view(np.uint8)
        ranks[:, apart:] += low_wins
        ranks[:, :-apart] -= low_wins  # which began at losing to all that come after it
    return ranks < bound
