"""Lengths of the queues of many processing elements (PEs) as bits (see queues.py)."""

from collections.abc import Sequence

import numpy as np

from sim.accelerators.systolic.operand_lines import Plane
from sim.arithmetic import Counts
from sim.layer import Mask

Operations = list[tuple[np.ufunc, Plane, Plane, Plane]]
"""Functions of two planes with the plane that takes the result, in order."""
_CLEAR = np.bitwise_xor
"""Of a plane with itself."""


class UnaryQueues:
    """Lengths of all queues, a bit for each of their levels: level q is set where more than q wait.

    Serving takes a pair from the longest queue of each PE, the first of equals. A thread with
    exactly q + 1 pairs keeps its level q if another is served instead: an earlier one that has
    level q too, or a later one with level q + 1. So serving is `level &= (the next level | those
    levels of the others)`, and an append is `next level |= level & arriving`.

    Attributes:
        levels: (depth, threads, lines, segments, groups, tiles, words); lines come first, because
            what any line of a tile does is reduced along the outermost axis of a plane.
        arriving: (threads, lines, segments, groups, tiles, words), the pairs that come next.
    """

    def __init__(self, levels: Plane, words_of_tile: int) -> None:
        self.levels = levels
        self.arriving = np.empty_like(levels[0])
        self._words_of_tile = words_of_tile
        self._scratch = np.empty_like(levels[0, 0])
        self._idle = np.empty_like(self._scratch[:1])
        queues = [list(levels[:, thread]) for thread in range(levels.shape[1])]
        # Served once, the first thread is not full, as the first of equals; its last level is left
        # alone here and overwritten by an append.
        self._serving = [step for step in self._service(queues, idle=[]) if step[0] != _CLEAR]
        not_full = [queues[0][:-1], *queues[1:]]
        self._serving_again = self._service(not_full, idle=[])
        self._serving_some = self._service(not_full, idle=[self._idle])
        self._appending = self._appends(queues)

    @property
    def tiles(self) -> tuple[int, int, int, int]:
        """Segments, groups, tiles and packed tiles."""
        segments, groups, tiles = self.levels.shape[3:6]
        return segments, groups, tiles, self.levels.shape[6] // self._words_of_tile

    def step(self, waits: Counts) -> None:
        """Serve once, again where an arriving pair would not fit, and take what arrives.

        Args:
            waits: cycles without arrivals of each tile, added to.
        """
        _run(self._serving)
        for _ in range(1, len(self.arriving)):  # at most so many threads are full
            stuck = self._stuck()
            waiting = np.count_nonzero(stuck)
            if not waiting:
                break
            waits += stuck
            if waiting == stuck.size:
                _run(self._serving_again)
            else:
                self._set_idle(~stuck)
                _run(self._serving_some)
        _run(self._appending)

    def drained(self) -> Counts:
        """Empty the queues; cycles of each tile, (segments, groups, tiles, packed tiles)."""
        cycles = np.zeros(self.tiles, dtype=np.int64)
        while True:
            busy = self._in_tiles(np.bitwise_or.reduce(self.levels[0], axis=0))
            if not busy.any():
                return cycles
            cycles += busy
            _run(self._serving)
            self.levels[-1, 0] = 0

    def _service(self, queues: Sequence[Sequence[Plane]], idle: Sequence[Plane]) -> Operations:
        """Serve each PE, in an order that lets every level see the others as they were.

        Args:
            queues: the levels of each thread that may be set.
            idle: bits of PEs that are not served.
        """
        operations: Operations = []
        for height in range(max(map(len, queues))):
            same, above = (
                [list(queue[place : place + 1]) for queue in queues]
                for place in (height, height + 1)
            )
            for thread in reversed(range(len(queues))):
                keeping = [
                    plane for planes in (*above[thread:], *same[:thread]) for plane in planes
                ]
                for level in same[thread]:
                    operations += self._keep(level, [*keeping, *idle])
        return operations

    def _keep(self, level: Plane, keeping: Sequence[Plane]) -> Operations:
        """Clear what no other plane keeps."""
        if not keeping:
            return [(_CLEAR, level, level, level)]
        kept, *others = keeping
        operations: Operations = []
        for other in others:
            operations.append((np.bitwise_or, kept, other, self._scratch))
            kept = self._scratch
        return [*operations, (np.bitwise_and, level, kept, level)]

    def _appends(self, queues: Sequence[Sequence[Plane]]) -> Operations:
        """Lengthen the queue of each thread for which a pair arrives."""
        operations: Operations = []
        for thread, (queue, arriving) in enumerate(zip(queues, self.arriving, strict=True)):
            sources = [arriving, *queue]
            for height in reversed(range(len(queue))):
                level, below = queue[height], sources[height]
                if thread == 0 and height == len(queue) - 1:
                    operations.append((np.bitwise_and, below, arriving, level))
                elif height == 0:
                    operations.append((np.bitwise_or, level, arriving, level))
                else:
                    operations.append((np.bitwise_and, below, arriving, self._scratch))
                    operations.append((np.bitwise_or, level, self._scratch, level))
        return operations

    def _stuck(self) -> Mask:
        """Tiles in which a pair arrives for a full queue; the first thread has room."""
        stuck = np.bitwise_and(self.levels[-1, 1], self.arriving[1], out=self._scratch)
        for full, arriving in zip(self.levels[-1, 2:], self.arriving[2:], strict=True):
            stuck |= full & arriving
        return self._in_tiles(stuck)

    def _in_tiles(self, plane: Plane) -> Mask:
        """Which tiles have any bit of a plane."""
        words: Mask = np.bitwise_or.reduce(plane, axis=0) != 0
        if self._words_of_tile == 1:
            return words
        of_tile: Mask = np.logical_or.reduce(words.reshape(*self.tiles, -1), axis=-1)
        return of_tile

    def _set_idle(self, idle: Mask) -> None:
        """Set all bits of the tiles that are not served."""
        words = np.repeat(idle, self._words_of_tile, axis=-1) if self._words_of_tile > 1 else idle
        np.negative(words, out=self._idle[0], dtype=self._idle.dtype, casting="unsafe")


def _run(operations: Operations) -> None:
    for function, left, right, result in operations:
        function(left, right, result)
