"""How often Snakemake looks for jobs to start."""

import time
from collections.abc import Callable
from typing import Any


def without_piled_looks(workflow: Any) -> None:
    """Keep Snakemake from looking for jobs to start ever more often.

    Its limit of starts per timespan makes each look ask for another one a timespan later, which
    asks again, and every job that ends adds a look: after 500 jobs there are 500 a second, each a
    thread, which keep a fifth of a core busy. Cores limit local jobs, so that no limit is needed
    where Snakemake runs jobs itself; elsewhere the limit stays and one or two further looks are
    asked for at a time. No value of `--max-jobs-per-timespan` says "none", and Snakemake sets its
    own after it has read the rules.

    Args:
        workflow: snakemake.workflow.Workflow (9.27) that is about to start its first job.
    """
    scheduler = workflow.scheduler
    if workflow.local_exec:
        scheduler.job_rate_limiter = None
    else:
        scheduler._schedule_reevalutation = _OneAhead(scheduler._schedule_reevalutation)


class _OneAhead:
    """Asks for a look only if none is to come soon.

    Soon is half of the delay, so that the look that was asked for surely finds that time over and
    may ask for the next.
    """

    def __init__(self, ask: Callable[[float], None]) -> None:
        self._ask = ask
        self._until = 0.0

    def __call__(self, delay: float) -> None:
        now = time.monotonic()
        if now >= self._until:
            self._until = now + delay / 2
            self._ask(delay)
