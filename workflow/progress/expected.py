"""How far a run is, by the time its jobs are expected to take instead of by their number."""

import csv
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from sim.declared import data_file

MEASURED = data_file("workflow/profiles/measured_resources.csv")
"""Seconds of a rule's jobs in earlier runs (workflow/maintenance/measured_resources.py)."""
UNKNOWN_SECONDS = 1.0
"""A job of a rule that no earlier run had."""
LEAST_SHARE = 0.02
"""Below this share of the work its pace says nothing yet about the time that is left."""


def mean_seconds(path: Path = MEASURED) -> dict[str, float]:
    """Mean seconds of a rule's jobs, by rule."""
    with path.open(newline="") as file:
        return {row["rule"]: float(row["mean_seconds"]) for row in csv.DictReader(file)}


class ExpectedTime:
    """The expected time of a run's jobs, and how much of it is done.

    Attributes:
        jobs: number of jobs by rule; jobs that a checkpoint adds later are not known before.
        done: number of finished jobs by rule.
    """

    def __init__(self, jobs: Mapping[str, int], seconds: Mapping[str, float]) -> None:
        self.jobs = dict(jobs)
        self.done: Counter[str] = Counter()
        self._seconds = seconds
        self._means: dict[str, float] = {}

    def finish(self, rule: str) -> None:
        """Note that a job of a rule has ended well."""
        self.done[rule] += 1

    @property
    def share(self) -> float:
        """Share of the expected time that is done, 0 to 1."""
        total = self._sum(self.jobs)
        return min(1.0, self._sum(self.done) / total) if total else 1.0

    def left_seconds(self, elapsed_seconds: float) -> float | None:
        """Time left at the pace so far; None as long as too little is done to say."""
        share = self.share
        return None if share < LEAST_SHARE else elapsed_seconds * (1 - share) / share

    def _sum(self, jobs: Mapping[str, int]) -> float:
        return sum(count * self._mean(rule) for rule, count in jobs.items())

    def _mean(self, rule: str) -> float:
        if rule not in self._means:  # each job that ends asks for all
            self._means[rule] = _measured(rule, self._seconds)
        return self._means[rule]


def _measured(rule: str, seconds: Mapping[str, float]) -> float:
    """Seconds of a rule, or of those with which it was measured.

    Their names begin alike: `simulate_<suite>_<design>`, `imagenet_trace-seed1_vgg16`.
    """
    alike = [name for name in seconds if re.match(rf"{re.escape(name)}(?![^_-])", rule)]
    return seconds[max(alike, key=len)] if alike else UNKNOWN_SECONDS
