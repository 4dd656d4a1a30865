"""The operand queues of a multithreaded systolic array, simulated exactly on the masks.

Mechanism (README.md says what of it is assumed). A tile is R output pixels by C filters, one output
per processing element (PE). The reduction is cut into T threads of ceil(W / T) successive operand
positions. In each cycle a PE first multiplies one pair from its longest queue (the first of
equals), then the next pair of every thread arrives; pairs without a zero enter the queue of their
thread. If some queue of the tile is full, no PE takes this step and the tile tries again in the
next cycle. The tile ends when all queues are empty.

The simulation is bit-sliced: a word holds one bit of many PEs, so the lengths of their queues are a
few words (planes), and one logic operation steps them all. Tiles advance side by side, each at its
own step.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.arithmetic import Counts, ceil_div
from sim.layer import Mask
from sim.masks.windows import window_bits
from sim.trace import LayerTrace

Plane = npt.NDArray[np.unsignedinteger]

PLANE_BYTES = 1 << 17
"""One plane of the tiles that advance together: some dozen planes stay inside a usual L2."""
WORD_TYPES = ((8, np.uint8), (16, np.uint16), (32, np.uint32), (64, np.uint64))


def tile_cycles(trace: LayerTrace, rows: int, columns: int, threads: int, depth: int) -> Counts:
    """Cycles of every output tile from its first operands to its last multiplication.

    Args:
        trace: layer and masks.
        rows: output pixels of a tile.
        columns: filters of a tile; tiles do not cross groups.
        threads: operand streams per PE (T).
        depth: pairs that the queue of one stream holds (Q).

    Returns:
        (N, groups, pixel tiles, filter tiles).
    """
    inputs, filters = window_bits(trace)
    pixels = _Side.of(inputs, rows, threads)
    kernels = _Side.of(filters[None], columns, threads)
    shape = (trace.images, trace.layer.groups, pixels.tiles, kernels.tiles)
    image, group, down, across = (axis.reshape(-1) for axis in np.indices(shape))
    pixel_tile = (image * shape[1] + group) * pixels.tiles + down
    filter_tile = group * kernels.tiles + across
    if pixels.word_bytes * kernels.size <= kernels.word_bytes * pixels.size:
        packed, spread, packed_tile, spread_tile = pixels, kernels, pixel_tile, filter_tile
    else:
        packed, spread, packed_tile, spread_tile = kernels, pixels, filter_tile, pixel_tile
    lanes, masks = packed.lanes(), spread.masks(packed.word_type)
    step = max(1, PLANE_BYTES // (packed.word_bytes * spread.size))
    chunks = [
        _Tiles(lanes, masks, packed_tile[first : first + step], spread_tile[first : first + step])
        for first in range(0, len(packed_tile), step)
    ]
    return np.concatenate([chunk.run(depth) for chunk in chunks]).reshape(shape)


@dataclass(frozen=True)
class _Side:
    """One operand, cut into tiles and threads.

    `bits` is (all tiles, threads, steps + 1, size): bits[a, t, s, i] says whether output line i of
    tile a meets a nonzero operand in step s of thread t. Lines and steps that do not exist are
    zero, and so is the step after the last, where tiles that are done wait.
    """

    bits: Mask
    tiles: int

    @classmethod
    def of(cls, operands: Mask, size: int, threads: int) -> "_Side":
        """Cut (.., groups, lines, W) operands into tiles of `size` lines or less."""
        lines, window = operands.shape[2:]
        size = min(size, lines)
        tiles, steps = ceil_div(lines, size), ceil_div(window, threads)
        fill = [(0, 0), (0, 0), (0, tiles * size - lines), (0, threads * steps - window)]
        whole = np.pad(operands, fill).reshape(-1, size, threads, steps)
        bits = np.zeros((len(whole), threads, steps + 1, size), dtype=np.bool_)
        bits[:, :, :steps] = whole.transpose(0, 2, 3, 1)
        return cls(bits, tiles)

    @property
    def size(self) -> int:
        """Output lines that a tile holds."""
        return int(self.bits.shape[3])

    @property
    def word_type(self) -> type[np.unsignedinteger]:
        """The smallest word that holds a tile's lines, or 64 bits if several are needed."""
        return next((kind for bits, kind in WORD_TYPES if self.size <= bits), np.uint64)

    @property
    def word_bytes(self) -> int:
        """Bytes of all words of a tile."""
        width = np.dtype(self.word_type).itemsize
        return ceil_div(self.size, 8 * width) * width

    def lanes(self) -> Plane:
        """Lines packed into words, (threads, tiles, steps + 1, words)."""
        packed = np.packbits(self.bits, axis=-1, bitorder="little")
        fill = self.word_bytes - packed.shape[-1]
        whole = np.pad(packed, [(0, 0)] * 3 + [(0, fill)])
        return np.ascontiguousarray(whole.transpose(1, 0, 2, 3)).view(self.word_type)

    def masks(self, word_type: type[np.unsignedinteger]) -> Plane:
        """Each line as a word of all zeros or ones, (threads, tiles, steps + 1, lines)."""
        ones = ~word_type(0)
        return np.ascontiguousarray(self.bits.transpose(1, 0, 2, 3)) * ones


class _Tiles:
    """Some tiles of a layer, stepped side by side until all of them are done."""

    def __init__(self, lanes: Plane, masks: Plane, lane_tile: Counts, mask_tile: Counts) -> None:
        self._rows = lanes.shape[2]
        self._lanes = lanes.reshape(len(lanes), -1, lanes.shape[3])
        self._masks = masks.reshape(len(masks), -1, masks.shape[3])
        # Rows of the two tables that hold the next operands of each tile.
        self._at_lane = lane_tile * self._rows
        self._at_mask = mask_tile * self._rows
        self._left = np.full(len(lane_tile), self._rows - 1)
        self._who = np.arange(len(lane_tile))
        self._cycles = np.zeros(len(lane_tile), dtype=np.int64)

    def run(self, depth: int) -> Counts:
        """Cycles of each tile with queues of `depth` pairs."""
        threads, words = len(self._lanes), self._lanes.shape[2]
        shape = (threads, len(self._who), self._masks.shape[2], words)
        queues = [np.zeros(shape, self._lanes.dtype) for _ in range(depth.bit_length())]
        now = 0
        while len(self._who):
            now += 1
            _decrement(queues, _longest(queues))
            arriving = self._arriving()
            full = _full(queues, depth)
            blocked = np.bitwise_or.reduce(full & arriving, axis=0)
            goes = ~blocked.reshape(len(self._who), -1).any(axis=1)
            arriving *= goes[None, :, None, None]
            _increment(queues, arriving)
            moved = goes & (self._left > 0)
            self._at_lane += moved
            self._at_mask += moved
            self._left -= moved
            ended = moved & (self._left == 0)
            if ended.any():
                queues = self._finish(ended, queues, now)
        return self._cycles

    def _arriving(self) -> Plane:
        lanes = self._lanes[:, self._at_lane]
        masks = self._masks[:, self._at_mask]
        return lanes[:, :, None, :] & masks[:, :, :, None]

    def _finish(self, ended: Mask, queues: list[Plane], now: int) -> list[Plane]:
        """Add the cycles in which the queues of the ended tiles empty; drop tiles that are done."""
        waiting = sum(
            (_bits(plane[:, ended]).sum(axis=0) << bit) for bit, plane in enumerate(queues)
        )
        longest = waiting.reshape(int(ended.sum()), -1).max(axis=1)
        self._cycles[self._who[ended]] = now + longest
        going = self._left > 0
        if going.any() and going.mean() > 0.75:
            return queues
        self._who, self._left = self._who[going], self._left[going]
        self._at_lane, self._at_mask = self._at_lane[going], self._at_mask[going]
        return [np.ascontiguousarray(plane[:, going]) for plane in queues]


def _bits(plane: Plane) -> npt.NDArray[np.int64]:
    return np.unpackbits(np.ascontiguousarray(plane).view(np.uint8), axis=-1).astype(np.int64)


def _longest(queues: list[Plane]) -> Plane:
    """Which thread's queue is the longest, the first of equals; no bit where all are empty."""
    longest = np.empty_like(queues[0])
    best = [plane[0] for plane in queues]
    longest[0] = ~longest.dtype.type(0)
    for thread in range(1, len(longest)):
        longer = _greater([plane[thread] for plane in queues], best)
        longest[:thread] &= ~longer
        longest[thread] = longer
        if thread + 1 < len(longest):
            best = [
                old ^ ((old ^ plane[thread]) & longer)
                for old, plane in zip(best, queues, strict=True)
            ]
    longest[0] &= np.bitwise_or.reduce([plane[0] for plane in queues])
    return longest


def _greater(left: list[Plane], right: list[Plane]) -> Plane:
    """Bitwise left > right of two numbers given as planes, least significant first."""
    greater = left[0] & ~right[0]
    for a, b in zip(left[1:], right[1:], strict=True):
        greater ^= (a ^ b) & (greater ^ a)
    return greater


def _decrement(number: list[Plane], borrow: Plane) -> None:
    """Subtract one where `borrow` is set; uses `borrow` up."""
    for plane in number[:-1]:
        plane ^= borrow
        borrow &= plane
    number[-1] ^= borrow


def _increment(number: list[Plane], carry: Plane) -> None:
    """Add one where `carry` is set; uses `carry` up."""
    for plane in number[:-1]:
        plane ^= carry
        carry &= ~plane
    number[-1] ^= carry


def _full(queues: list[Plane], depth: int) -> Plane:
    """Queues that hold `depth` pairs: no longer one exists, so the set bits of `depth` tell."""
    planes = [plane for bit, plane in enumerate(queues) if depth >> bit & 1]
    return planes[0] if len(planes) == 1 else np.bitwise_and.reduce(planes)
