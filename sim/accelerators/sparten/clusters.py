"""How the work of a layer is dealt out to the clusters."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.arithmetic import even_starts


@dataclass(frozen=True)
class ClusterGrid:
    """Clusters side by side over output positions, and over rounds of filters where these lack.

    Each cluster takes a run of successive output positions. A map with fewer positions than
    clusters (1x1 for a fully connected layer) leaves clusters over; the positions are then shared
    by `by_filter` clusters each, which take a run of the rounds. The published design is stated
    for convolutions only; this is the least that lets it run any layer.

    Attributes:
        by_position: runs of output positions.
        by_filter: runs of filter rounds.
    """

    by_position: int
    by_filter: int

    @classmethod
    def of(cls, clusters: int, positions: int) -> "ClusterGrid":
        """The grid for a map of that many output positions."""
        by_position = min(clusters, positions)
        return cls(by_position, clusters // by_position)

    def positions_per_run(self, positions: int) -> npt.NDArray[np.intp]:
        """Length of each run of positions."""
        return np.diff(even_starts(positions, self.by_position), append=positions)

    def stretches(self, positions: int, longest: int) -> "Stretches":
        """Each run cut into stretches of `longest` positions and a rest."""
        runs = self.positions_per_run(positions)
        per_run = -(-runs // longest)
        first_of_run = np.cumsum(per_run) - per_run
        place = np.arange(per_run.sum()) - np.repeat(first_of_run, per_run)
        starts = np.repeat(even_starts(positions, self.by_position), per_run) + place * longest
        return Stretches(starts, first_of_run, positions, min(longest, int(runs.max())))

    def slowest(self, cycles: npt.NDArray[np.int64], stretches: "Stretches") -> int:
        """Cycles of the cluster that finishes last; `cycles` is (rounds, bundles, stretches)."""
        rounds, bundles, count = cycles.shape
        work = cycles.reshape(rounds * bundles, count)
        runs = min(self.by_filter, len(work))
        share = np.add.reduceat(work, even_starts(len(work), runs), axis=0)
        return int(np.add.reduceat(share, stretches.first_of_run, axis=1).max())


@dataclass(frozen=True)
class Stretches:
    """Successive output positions that a cluster works off without a barrier between them.

    Attributes:
        starts: first position of each stretch, ascending.
        first_of_run: index of the first stretch of each cluster's run.
        positions: of the map.
        longest: positions in the longest stretch.
    """

    starts: npt.NDArray[np.intp]
    first_of_run: npt.NDArray[np.intp]
    positions: int
    longest: int

    def groups(self, positions: int) -> Iterator[tuple[slice, slice, npt.NDArray[np.intp]]]:
        """Neighbouring stretches, about `positions` positions or one stretch at a time.

        Yields:
            The stretches, their positions, and where each begins among these.
        """
        step = max(1, positions // self.longest)
        ends = np.append(self.starts[1:], self.positions)
        for first in range(0, len(self.starts), step):
            starts = self.starts[first : first + step]
            stretches = slice(first, first + len(starts))
            yield stretches, slice(int(starts[0]), int(ends[stretches][-1])), starts - starts[0]
