"""Which values are among the largest of every few successive channels, to multiply them with."""

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from models.compression.density_bound import keep_largest
from sim.masks.density_bound import DBB_BLOCK

Bits = npt.NDArray[np.uint8]

# Row i is the bits of i, the lowest first.
_MASKS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little").astype(
    np.float32
)


def channel_mask(values: Tensor, bound: int) -> Tensor:
    """1 at the `bound` largest magnitudes of every 8 successive channels of (N, C, ...), else 0.

    As models.compression.density_bound.keep_largest, and of the type of the values, for a product
    of two types takes several times as long. NumPy compares several times as fast as PyTorch does
    on a processor, so it does where it can.

    Args:
        values: (N, C, ...).
        bound: 0 to 8.

    Returns:
        The shape, type and order of memory of the values.
    """
    # what traces or exports a network follows PyTorch's operations alone
    followed = torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
    plain = type(values) is Tensor and not followed
    plain = plain and values.device.type == "cpu" and values.dtype == torch.float32
    last = values.movedim(1, -1)
    if plain and last.is_contiguous():
        mask = _of_innermost(last, bound)
    elif plain and values.is_contiguous() and values.shape[1] % DBB_BLOCK == 0:
        lanes = values.abs().numpy().reshape(-1, DBB_BLOCK, values.shape[2:].numel())
        mask = torch.from_numpy(_kept(lanes, bound)).to(values.dtype)
    else:
        return keep_largest(values, bound).to(values.dtype)
    # in memory as the values are, to the strides of axes of length 1: kernels go by them
    return mask.as_strided(values.shape, values.stride())


def _of_innermost(values: Tensor, bound: int) -> Tensor:
    """As channel_mask, of (..., C) whose channels are next to each other in memory."""
    channels = values.shape[-1]
    filled = F.pad(values, (0, -channels % DBB_BLOCK))
    lanes = np.abs(np.ascontiguousarray(filled.numpy().reshape(-1, DBB_BLOCK).T))
    if missing := filled.shape[-1] - channels:  # lose to any value
        lanes.reshape(DBB_BLOCK, -1, filled.shape[-1] // DBB_BLOCK)[-missing:, :, -1] = -1
    code = np.zeros(lanes.shape[1], np.uint8)
    for lane, kept in enumerate(_kept(lanes[None], bound)[0]):
        code |= kept.view(np.uint8) << np.uint8(lane)
    mask = torch.from_numpy(_MASKS.take(code, axis=0)).reshape(filled.shape)
    return mask[..., :channels].contiguous()


def _kept(lanes: npt.NDArray[np.float32], bound: int) -> npt.NDArray[np.bool_]:
    """Which of magnitudes (outer, 8, inner) are among the `bound` largest along the middle axis.

    They are counted as density_bound.lane_ranks counts them, but that neighbours at one distance
    are compared in one call.
    """
    ranks: Bits = np.empty(lanes.shape, np.uint8)
    ranks[:] = np.arange(DBB_BLOCK - 1, -1, -1, dtype=np.uint8)[:, None]
    for apart in range(1, DBB_BLOCK):
        low_wins = (lanes[:, :-apart] >= lanes[:, apart:]).view(np.uint8)
        ranks[:, apart:] += low_wins
        ranks[:, :-apart] -= low_wins  # which began at losing to all that come after it
    return ranks < bound
