"""How the work of a layer is dealt out to the clusters."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


def _even_starts(items: int, parts: int) -> npt.NDArray[np.intp]:
    """First item of each of `parts` successive runs whose lengths differ by at most one."""
    return np.arange(parts) * items // parts


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
        return np.diff(_even_starts(positions, self.by_position), append=positions)

    def slowest(self, cycles: npt.NDArray[np.int64]) -> int:
        """Cycles of the cluster that finishes last; `cycles` is (rounds, bundles, positions)."""
        rounds, bundles, positions = cycles.shape
        work = cycles.reshape(rounds * bundles, positions)
        runs = min(self.by_filter, len(work))
        share = np.add.reduceat(work, _even_starts(len(work), runs), axis=0)
        share = np.add.reduceat(share, _even_starts(positions, self.by_position), axis=1)
        return int(share.max())
