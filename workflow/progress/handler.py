"""A Snakemake logger that prints tens of lines instead of thousands.

Snakemake's own log, with every job, stays in .snakemake/log; each step's in logs/.
"""

import sys
import time
from collections.abc import Callable
from logging import ERROR, LogRecord
from pathlib import Path
from typing import Any, TextIO

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from workflow.progress.expected import ExpectedTime, mean_seconds

SECONDS_BETWEEN_LINES = 30.0
SECONDS_BETWEEN_UPDATES = 1.0
"""The same where the last line is written over."""
LONGEST_LINE = 110


class LogHandler(LogHandlerBase):
    """Prints a line of progress now and then, failures at once, and nothing of what goes well."""

    stream: TextIO
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        """Start with nothing known of the run."""
        self.stream = sys.stderr
        self._started = self.clock()
        self._shown = float("-inf")
        self._expected: ExpectedTime | None = None
        self._described: dict[int, tuple[str, str]] = {}
        self._running: dict[int, str] = {}
        self._on_events: dict[str, Callable[[Any], None]] = {
            LogEvent.RUN_INFO: self._run_info,
            LogEvent.JOB_INFO: self._job_info,
            LogEvent.JOB_FINISHED: self._job_finished,
            LogEvent.JOB_ERROR: self._job_error,
        }

    @property
    def writes_to_stream(self) -> bool:
        """Whether it takes the place of Snakemake's own output: it does."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """Whether it writes a file: it does not."""
        return False

    @property
    def has_filter(self) -> bool:
        """Whether it picks what it shows itself: it does."""
        return True

    @property
    def has_formatter(self) -> bool:
        """Whether it writes its own lines: it does."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """Whether it draws a graph: it does not."""
        return False

    def emit(self, record: LogRecord) -> None:
        """Take one message of Snakemake."""
        event = getattr(record, "event", None)
        if event in self._on_events:
            self._on_events[event](record)
        elif event in (None, LogEvent.ERROR) and record.levelno >= ERROR:
            self._line(record.getMessage())
        elif event is None and "Nothing to be done" in record.getMessage():
            self._line("nothing to be done: all results are up to date")

    def _run_info(self, record: Any) -> None:
        if self._expected is not None:
            return  # of a dry run Snakemake tells it once more at the end
        jobs = {rule: count for rule, count in record.stats.items() if rule not in ("total", "all")}
        self._expected = ExpectedTime(jobs, mean_seconds())
        if self.common_settings.dryrun:
            for rule, count in jobs.items():
                self._line(f"{count:6d}  {rule}")
        self._line(f"{sum(jobs.values())} jobs; details in .snakemake/log and logs/")

    def _job_info(self, record: Any) -> None:
        values = [str(value) for value in dict(record.wildcards or {}).values()]
        text = " ".join([record.rule_name, "/".join(value for value in values if value)]).strip()
        self._described[record.jobid] = (record.rule_name, text)
        if not self.common_settings.dryrun:
            self._running[record.jobid] = text
            self._progress()

    def _job_finished(self, record: Any) -> None:
        rule, _ = self._described.get(record.job_id, ("", ""))
        self._running.pop(record.job_id, None)
        if self._expected is not None and rule:
            self._expected.finish(rule)
        self._progress()

    def _job_error(self, record: Any) -> None:
        _, text = self._described.get(record.jobid, ("", record.rule_name))
        self._running.pop(record.jobid, None)
        logs = [str(log) for log in record.log or []]
        self._line(f"FAILED: {text}")
        self._line(f"  reason: {_reason(logs)}")
        if logs:
            self._line(f"  log: {', '.join(logs)}")

    def _progress(self) -> None:
        now = self.clock()
        rewritten = self.stream.isatty()
        least = SECONDS_BETWEEN_UPDATES if rewritten else SECONDS_BETWEEN_LINES
        if self._expected is None or now - self._shown < least:
            return
        self._shown = now
        left = self._expected.left_seconds(now - self._started)
        text = f"{100 * self._expected.share:3.0f} %  {_minutes(now - self._started)}"
        if left is not None:
            text += f", about {_minutes(left)} left"
        text = f"{text}  now: {', '.join(self._running.values()) or 'between jobs'}"
        text = text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…"
        self._write(f"\r\033[K{text}" if rewritten else f"{text}\n")

    def _line(self, text: str) -> None:
        self._write(f"\r\033[K{text}\n" if self.stream.isatty() else f"{text}\n")

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()

    def close(self) -> None:
        """Leave the terminal on a line of its own."""
        if self._running or self._expected is not None:
            self._write("\n" if self.stream.isatty() else "")
        super().close()


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


def _reason(logs: list[str]) -> str:
    """The last line of the first log that has one: steps end on `error: ...`."""
    for log in logs:
        path = Path(log.split(" (")[0])
        if path.is_file():
            lines = path.read_text(errors="replace").strip().splitlines()
            if lines:
                return lines[-1]
    return "the log says nothing"
