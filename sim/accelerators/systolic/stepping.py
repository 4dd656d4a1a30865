"""Tiles of queues, stepped side by side (see queues.py for the mechanism)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sim.accelerators.systolic.operand_lines import Plane
from sim.accelerators.systolic.unary_queues import UnaryQueues
from sim.arithmetic import Counts, ceil_div
from sim.layer import Mask

SHORTEST_SEGMENT, LEAD_IN = 256, 48
"""Steps of a segment and before it (see `SteppedTiles.extra_cycles`)."""


@dataclass(frozen=True, eq=False)
class SteppedTiles:
    """Tiles that advance together.

    Attributes:
        words: (threads, steps, groups, words), one bit per line of the packed operand.
        lines: (threads, steps, groups, tiles, lines) of the other operand.
        words_of_tile: words of a packed tile.
    """

    words: Plane
    lines: Mask
    words_of_tile: int

    def extra_cycles(self, depth: int, plane_bytes: int) -> Counts:
        """Cycles of each tile beyond one per step: waits for room, and until the queues are empty.

        A block with few tiles is cut into segments of successive steps that advance side by side.
        Each but the first starts some steps early with empty queues, because what waits in a queue
        mostly depends on the last few steps. Where that guess was wrong, which shows where the
        segment before ends, the segment is run again from what waits there.

        Args:
            depth: pairs that a queue holds.
            plane_bytes: of a plane at most, if a block of one segment leaves room.

        Returns:
            (groups, tiles, packed tiles).
        """
        steps = self.words.shape[1]
        plane = self.lines[0, 0].size * self.words.shape[3] * self.words.itemsize
        segments = min(plane_bytes // plane, steps // SHORTEST_SEGMENT)
        if segments < 2:
            queues = self._empty_queues(1, depth)
            waits = self._advance(queues, range(steps), 0)[0]
        else:
            queues, waits = self._in_segments(segments, depth)
        extra: Counts = waits + queues.drained()[0]
        return extra

    def _empty_queues(self, segments: int, depth: int) -> UnaryQueues:
        threads, _, groups, tiles, lines = self.lines.shape
        shape = (depth, threads, lines, segments, groups, tiles, self.words.shape[3])
        return UnaryQueues(np.zeros(shape, self.words.dtype), self.words_of_tile)

    def _in_segments(self, segments: int, depth: int) -> tuple[UnaryQueues, Counts]:
        """The queues after the last step, and the waits."""
        length = ceil_div(self.words.shape[1], segments)
        fill = [(0, 0), (segments * length + LEAD_IN - self.words.shape[1], 0), (0, 0), (0, 0)]
        # Nothing waits after steps without any operand.
        led = SteppedTiles(
            np.pad(self.words, fill), np.pad(self.lines, [*fill, (0, 0)]), self.words_of_tile
        )
        queues = self._empty_queues(segments, depth)
        led._advance(queues, range(LEAD_IN), length)
        guesses = queues.levels.copy()
        steps = range(LEAD_IN, LEAD_IN + length)
        waits = led._advance(queues, steps, length)
        ends = queues.levels
        for segment in range(1, segments):
            before = ends[:, :, :, [segment - 1]]
            if not np.array_equal(before, guesses[:, :, :, [segment]]):
                again = UnaryQueues(before, self.words_of_tile)
                first = LEAD_IN + segment * length
                waits[segment] = led._advance(again, range(first, first + length), 0)[0]
                ends[:, :, :, segment] = again.levels[:, :, :, 0]
        return UnaryQueues(ends[:, :, :, [-1]], self.words_of_tile), waits.sum(axis=0)

    @cached_property
    def _table(self) -> Plane:
        """All rows of words, (threads x steps x groups, words), and one without any bit."""
        rows = self.words.reshape(-1, self.words.shape[3])
        return np.concatenate([rows, np.zeros_like(rows[:1])])

    @cached_property
    def _rows(self) -> npt.NDArray[np.intp]:
        """The row of `_table` that each line meets.

        (threads, lines of a tile, steps, groups, tiles).
        """
        lines = np.moveaxis(self.lines, 4, 1)
        places = np.arange(len(self._table) - 1).reshape(len(lines), 1, *lines.shape[2:4], 1)
        return np.where(lines, places, len(self._table) - 1)

    def _advance(self, queues: UnaryQueues, steps: range, stride: int) -> Counts:
        """Waits of each tile over some steps, (segments, groups, tiles, packed tiles).

        Args:
            queues: what waits before; changed to what waits after.
            steps: of the first segment.
            stride: steps from the start of a segment to that of the next.
        """
        segments = queues.levels.shape[3]
        waits = np.zeros(queues.tiles, dtype=np.int64)
        table, rows = self._table, self._rows
        for step in steps:
            at = slice(step, step + (segments - 1) * stride + 1, stride or None)
            table.take(rows[:, :, at], axis=0, out=queues.arriving, mode="clip")
            queues.step(waits)
        return waits
