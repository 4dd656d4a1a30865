"""How long a set of jobs takes on a cluster: an event model of Snakemake, a queue and its slots.

One master submits jobs one after the other and has at most so many in flight; a job that ended is
noticed at the next poll. Submissions wait in one queue, first come first served, for a free slot,
and occupy it for an overhead (the batch system, and starting Snakemake there) and then their own
duration. A submission may be a group of jobs that run one after the other in one slot and share
the overhead.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from sim import UserError
from sim.validation import require_positive

Seconds = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cluster:
    """What a schedule depends on besides the jobs.

    Attributes:
        slots: jobs that run at a time.
        overhead_s: of a submission in its slot, before its first job.
        submit_s: of the master per submission.
        poll_s: between two looks at the queue; 0 notices at once.
        in_flight: submissions that the master lets queue or run at a time.

    Raises:
        UserError: a value is out of range.
    """

    slots: int
    overhead_s: float = 0.0
    submit_s: float = 0.0
    poll_s: float = 0.0
    in_flight: int = 10**9

    def __post_init__(self) -> None:
        require_positive(slots=self.slots, in_flight=self.in_flight)
        for name in ("overhead_s", "submit_s", "poll_s"):
            if not getattr(self, name) >= 0:
                raise UserError(f"{name} is {getattr(self, name)!r}; expected at least 0 seconds")

    def noticed_s(self, ended_s: float) -> float:
        """When the master learns of a job that ended then."""
        return ceil(ended_s / self.poll_s) * self.poll_s if self.poll_s else ended_s


def grouped(durations_s: Seconds, jobs_per_submission: int) -> Seconds:
    """Durations of groups of successive jobs, the last group perhaps smaller."""
    require_positive(jobs_per_submission=jobs_per_submission)
    return np.add.reduceat(durations_s, np.arange(0, len(durations_s), jobs_per_submission))


def makespan_s(durations_s: Sequence[float] | Seconds, cluster: Cluster) -> float:
    """Time from the first submission until the master has noticed the last end.

    Args:
        durations_s: of each submission, in the order of submission.
        cluster: slots and overheads.
    """
    free = [0.0] * min(cluster.slots, len(durations_s))
    unnoticed: list[float] = []
    master_s = last_s = 0.0
    for duration_s in durations_s:
        while len(unnoticed) >= cluster.in_flight:
            master_s = max(master_s, heapq.heappop(unnoticed))
        while unnoticed and unnoticed[0] <= master_s:
            heapq.heappop(unnoticed)
        master_s += cluster.submit_s
        start_s = max(master_s, free[0])
        end_s = start_s + cluster.overhead_s + duration_s
        heapq.heapreplace(free, end_s)
        last_s = max(last_s, end_s)
        heapq.heappush(unnoticed, cluster.noticed_s(end_s))
    return cluster.noticed_s(last_s)
