"""The event model against a clock that ticks second by second, and against what must hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import UserError
from workflow.studies.scaling.queues import Cluster, grouped, makespan_s

DURATIONS = st.lists(st.integers(1, 9), min_size=1, max_size=12)


def ticking(durations: list[int], cluster: Cluster) -> int:
    """Every second: jobs end, the master looks if it is time, submits, and slots are filled."""
    waiting, queue, running = list(durations), [], []
    in_flight = ended_unseen = submitting_until = done = 0
    submitting = None
    for now in range(10_000):
        ended = [end for end in running if end == now]
        running = [end for end in running if end > now]
        ended_unseen += len(ended)
        if not cluster.poll_s or now % int(cluster.poll_s) == 0:
            in_flight -= ended_unseen
            done += ended_unseen
            ended_unseen = 0
        if done == len(durations):
            return now
        progress = True
        while progress:  # steps that take no time follow each other within a second
            progress = False
            if submitting is not None and submitting_until == now:
                queue.append(submitting)
                submitting, progress = None, True
            if submitting is None and waiting and in_flight < cluster.in_flight:
                submitting, submitting_until = waiting.pop(0), now + int(cluster.submit_s)
                in_flight, progress = in_flight + 1, True
            if queue and len(running) < cluster.slots:
                running.append(now + int(cluster.overhead_s) + queue.pop(0))
                progress = True
    raise AssertionError("never ends")


@given(
    DURATIONS,
    st.builds(
        Cluster,
        slots=st.integers(1, 5),
        overhead_s=st.integers(0, 4),
        submit_s=st.integers(0, 3),
        poll_s=st.integers(0, 7),
        in_flight=st.integers(1, 8),
    ),
)
def test_it_ends_when_a_ticking_clock_says(durations: list[int], cluster: Cluster) -> None:
    assert makespan_s(durations, cluster) == ticking(durations, cluster)


@given(DURATIONS, st.integers(1, 6))
def test_without_overheads_it_is_within_grahams_bounds(durations: list[int], slots: int) -> None:
    makespan = makespan_s(durations, Cluster(slots))
    least = max(sum(durations) / slots, max(durations))
    assert least <= makespan <= sum(durations) / slots + (1 - 1 / slots) * max(durations)


def test_equal_jobs_come_in_waves_and_one_master_can_be_the_limit() -> None:
    jobs = [10.0] * 100
    assert makespan_s(jobs, Cluster(1)) == 1000
    assert makespan_s(jobs, Cluster(8, overhead_s=5)) == 13 * 15
    assert makespan_s(jobs, Cluster(10**6, submit_s=2)) == 100 * 2 + 10
    assert makespan_s(jobs, Cluster(10**6, poll_s=40)) == 40
    assert makespan_s(jobs, Cluster(10**6, poll_s=40, in_flight=25)) == 4 * 40


def test_groups_keep_the_work_and_share_the_overhead() -> None:
    jobs = np.arange(1.0, 11.0)
    assert grouped(jobs, 4).tolist() == [10, 26, 19]
    assert makespan_s(grouped(jobs, 5), Cluster(1, overhead_s=3)) == 55 + 2 * 3


def test_impossible_clusters_are_refused() -> None:
    with pytest.raises(UserError, match="slots is 0"):
        Cluster(0)
    with pytest.raises(UserError, match="poll_s is -1"):
        Cluster(1, poll_s=-1)
