"""The operand queues of a multithreaded systolic array, simulated exactly on the masks.

Mechanism (README.md says what of it is assumed). A tile is R output pixels by C filters, one output
per processing element (PE). The reduction is cut into T threads of ceil(W / T) successive operand
positions. In each cycle a PE first multiplies one pair from its longest queue (the first of
equals), then the next pair of every thread arrives; pairs without a zero enter the queue of their
thread. If some queue of the tile is full, no PE takes this step and the tile tries again in the
next cycle. The tile ends when all queues are empty.

The simulation is bit-sliced: a word holds one bit of many PEs, so the lengths of their queues are
a few words (planes), and a few logic operations step them all. Tiles advance side by side, each at
its own step.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sim.arithmetic import Counts, ceil_div
from sim.layer import Mask
from sim.masks.windows import window_bits
from sim.trace import LayerTrace

Plane = npt.NDArray[np.unsignedinteger]

PLANE_BYTES = 1 << 16
"""One plane of the tiles that advance together: some ten planes stay inside a usual L2."""
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
    lanes, masks = packed.lanes(), spread.masks()
    step = max(1, PLANE_BYTES // (packed.word_bytes * spread.size))
    chunks = [
        _Tiles(lanes, masks, packed_tile[first : first + step], spread_tile[first : first + step])
        for first in range(0, len(packed_tile), step)
    ]
    return np.concatenate([chunk.run(depth) for chunk in chunks]).reshape(shape)


@dataclass(frozen=True)
class _Side:
    """One operand, cut into tiles and threads.

    `bits` is (all tiles, size, threads, steps): whether an output line of a tile meets a nonzero
    operand in a step of a thread. Lines and steps that do not exist are zero.
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
        whole = np.pad(operands, fill) if fill[2][1] or fill[3][1] else operands
        return cls(whole.reshape(-1, size, threads, steps), tiles)

    @property
    def size(self) -> int:
        """Output lines that a tile holds."""
        return int(self.bits.shape[1])

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
        """Lines packed into words, (threads, tiles, steps + 1, words); the last step is zero."""
        packed = np.packbits(self.bits, axis=1, bitorder="little")
        tiles, taken, threads, steps = packed.shape
        lanes = np.zeros((threads, tiles, steps + 1, self.word_bytes), dtype=np.uint8)
        lanes[:, :, :steps, :taken] = packed.transpose(2, 0, 3, 1)
        return lanes.view(self.word_type)

    def masks(self) -> npt.NDArray[np.int8]:
        """Each line as 0 or -1, all bits of a word, (threads, tiles, steps + 1, lines)."""
        tiles, size, threads, steps = self.bits.shape
        masks = np.zeros((threads, tiles, steps + 1, size), dtype=np.int8)
        np.negative(self.bits.view(np.int8).transpose(2, 0, 3, 1), out=masks[:, :, :steps])
        return masks


class _Tiles:
    """Some tiles of a layer, stepped side by side until all of them are done."""

    def __init__(
        self,
        lanes: Plane,
        masks: npt.NDArray[np.int8],
        lane_tile: Counts,
        mask_tile: Counts,
    ) -> None:
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
        shape = (threads, depth, len(self._who), self._masks.shape[2], words)
        queues = _Queues(np.zeros(shape, self._lanes.dtype))
        now = 0
        while len(self._who):
            now += 1
            queues.serve()
            self._arrive(queues)
            goes = ~queues.blocked()
            queues.take(goes)
            moved = goes & (self._left > 0)
            self._at_lane += moved
            self._at_mask += moved
            self._left -= moved
            ended = moved & (self._left == 0)
            if ended.any():
                queues = self._finish(ended, queues, now)
        return self._cycles

    def _arrive(self, queues: "_Queues") -> None:
        """The pairs without a zero among the next operands of each tile."""
        for thread, arriving in enumerate(queues.arriving):
            lanes = self._lanes[thread].take(self._at_lane, axis=0)
            masks = self._masks[thread].take(self._at_mask, axis=0)
            np.copyto(arriving, masks[:, :, None], casting="unsafe")
            arriving &= lanes[:, None, :]

    def _finish(self, ended: Mask, queues: "_Queues", now: int) -> "_Queues":
        """Add the cycles in which the queues of the ended tiles empty; drop tiles that are done."""
        self._cycles[self._who[ended]] = now + queues.longest(ended)
        going = self._left > 0
        if going.any() and going.mean() > 0.75:
            return queues
        self._who, self._left = self._who[going], self._left[going]
        self._at_lane, self._at_mask = self._at_lane[going], self._at_mask[going]
        return _Queues(np.ascontiguousarray(queues.levels[:, :, going]))


class _Queues:
    """Lengths of all queues, a bit for each of their levels: q is set where more than q wait.

    In this unary code the longer of two queues is their OR and a full one shows in its last level;
    every step is a few logic operations on planes that stay in the cache.

    Attributes:
        levels: (threads, depth, tiles, lines, words).
        arriving: (threads, tiles, lines, words), the pairs that come next.
    """

    def __init__(self, levels: Plane) -> None:
        self.levels = levels
        self.arriving = np.empty_like(levels[:, 0])
        self._kept = np.empty_like(self.arriving)
        self._longest = np.empty_like(levels[0])
        self._longer, self._scratch = np.empty_like(levels[0, 0]), np.empty_like(levels[0, 0])

    def serve(self) -> None:
        """Take a pair from the longest queue of each PE, the first of equals."""
        kept, threads = self._kept, len(self.levels)
        kept[0] = 0
        longest = self.levels[0]
        for thread in range(1, threads):
            longer = self._exceeds(self.levels[thread], longest)
            for earlier in range(1, thread):
                kept[earlier] |= longer
            kept[0] |= longer
            np.invert(longer, out=kept[thread])
            if thread + 1 < threads:
                longest = np.bitwise_or(longest, self.levels[thread], out=self._longest)
        for queue, keep in zip(self.levels, kept, strict=True):
            for level, above in pairwise(queue):
                level &= keep
                level |= above
            queue[-1] &= keep

    def _exceeds(self, queue: Plane, other: Plane) -> Plane:
        """Where a queue is longer than another: it has a level that the other has not."""
        longer: Plane = self._longer
        scratch = self._scratch
        np.invert(other[0], out=longer)
        longer &= queue[0]
        for level, theirs in zip(queue[1:], other[1:], strict=True):
            np.invert(theirs, out=scratch)
            scratch &= level
            longer |= scratch
        return longer

    def blocked(self) -> Mask:
        """(tiles,): some queue is full and another pair arrives for it."""
        stuck, scratch = self._longer, self._scratch
        np.bitwise_and(self.levels[0, -1], self.arriving[0], out=stuck)
        for queue, arriving in zip(self.levels[1:], self.arriving[1:], strict=True):
            np.bitwise_and(queue[-1], arriving, out=scratch)
            stuck |= scratch
        any_stuck: Mask = np.bitwise_or.reduce(stuck.reshape(len(stuck), -1), axis=1) != 0
        return any_stuck

    def take(self, goes: Mask) -> None:
        """Append what arrives to the queues of the tiles that take this step."""
        if not goes.all():
            self.arriving[:, ~goes] = 0
        scratch = self._scratch
        for queue, arriving in zip(self.levels, self.arriving, strict=True):
            for level in range(len(queue) - 1, 0, -1):
                np.bitwise_and(queue[level - 1], arriving, out=scratch)
                queue[level] |= scratch
            queue[0] |= arriving

    def longest(self, tiles: Mask) -> Counts:
        """Pairs that wait in the fullest PE of each of these tiles."""
        levels = np.ascontiguousarray(self.levels[:, :, tiles]).view(np.uint8)
        waiting = np.zeros((*levels.shape[2:-1], 8 * levels.shape[-1]), dtype=np.uint16)
        for plane in levels.reshape(-1, *levels.shape[2:]):
            waiting += np.unpackbits(plane, axis=-1)
        most: Counts = waiting.reshape(len(waiting), -1).max(axis=1).astype(np.int64)
        return most
