import io
import logging
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from workflow.progress.handler import SECONDS_BETWEEN_LINES, LogHandler

ROOT = Path(__file__).parents[3]


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    clock = _Clock()
    monkeypatch.setattr(LogHandler, "clock", clock)
    return clock


def _handler(stream: io.StringIO, dryrun: bool = False) -> LogHandler:
    handler = LogHandler(SimpleNamespace(dryrun=dryrun), None)
    handler.stream = stream
    return handler


def _send(handler: LogHandler, event: LogEvent | None, text: str = "", **fields: Any) -> None:
    record = logging.LogRecord(
        name="snakemake",
        level=logging.INFO,
        pathname="",
        lineno=0,
        msg=text,
        args=None,
        exc_info=None,
    )
    record.__dict__.update(fields | ({"event": event} if event else {}))
    handler.emit(record)


def _start(handler: LogHandler, job: int, network: str) -> None:
    wildcards = {"suite": "shapes", "network": network}
    _send(handler, LogEvent.JOB_INFO, jobid=job, rule_name="train", wildcards=wildcards)


def test_lines_come_at_intervals_and_say_what_runs(clock: _Clock) -> None:
    stream = io.StringIO()
    handler = _handler(stream)
    _send(handler, LogEvent.RUN_INFO, stats={"train": 4, "all": 1, "total": 5})
    for job in range(3):
        _start(handler, job, f"net{job}")
        clock.now += 1
        _send(handler, LogEvent.JOB_FINISHED, job_id=job)
    clock.now += SECONDS_BETWEEN_LINES
    _start(handler, 3, "last")
    lines = stream.getvalue().splitlines()
    assert lines[0].startswith("4 jobs")
    assert len(lines) == 3
    assert "now: train shapes/net0" in lines[1]
    assert lines[2].startswith(" 75 %")
    assert "left" in lines[2]
    assert "now: train shapes/last" in lines[2]


def test_the_jobs_of_a_dry_run_are_listed_once(clock: _Clock) -> None:
    stream = io.StringIO()
    handler = _handler(stream, dryrun=True)
    for _ in range(2):  # Snakemake tells them before and after it goes through the jobs
        _send(handler, LogEvent.RUN_INFO, stats={"train": 2, "trace": 1, "all": 1, "total": 4})
        _start(handler, 0, "a")
    lines = stream.getvalue().splitlines()
    assert [line.split()[:2] for line in lines] == [["2", "train"], ["1", "trace"], ["3", "jobs;"]]


def test_on_a_terminal_the_line_is_written_over(clock: _Clock) -> None:
    stream = _Terminal()
    handler = _handler(stream)
    _send(handler, LogEvent.RUN_INFO, stats={"train": 2})
    _start(handler, 0, "a")
    clock.now += 2
    _start(handler, 1, "b")
    assert stream.getvalue().count("\n") == 1
    assert "train shapes/a, train shapes/b" in stream.getvalue()


def test_a_failure_names_the_step_the_reason_and_the_log(clock: _Clock, tmp_path: Path) -> None:
    stream = io.StringIO()
    handler = _handler(stream)
    log = tmp_path / "train.log"
    log.write_text("epoch 1\nerror: width is 7; expected at most 1\n")
    _send(handler, LogEvent.RUN_INFO, stats={"train": 1})
    _start(handler, 0, "lenet5")
    _send(handler, LogEvent.JOB_ERROR, jobid=0, rule_name="train", log=[f"{log} (check it)"])
    assert stream.getvalue().splitlines()[-3:] == [
        "FAILED: train shapes/lenet5",
        "  reason: error: width is 7; expected at most 1",
        f"  log: {log} (check it)",
    ]


def test_errors_of_snakemake_itself_are_not_lost(clock: _Clock) -> None:
    stream = io.StringIO()
    handler = _handler(stream)
    record = logging.LogRecord(
        name="snakemake",
        level=logging.ERROR,
        pathname="",
        lineno=0,
        msg="no rule makes x",
        args=None,
        exc_info=None,
    )
    handler.emit(record)
    _send(handler, None, "Nothing to be done (all requested files are present).")
    assert stream.getvalue().splitlines() == [
        "no rule makes x",
        "nothing to be done: all results are up to date",
    ]


def test_what_stops_a_run_before_its_first_job_is_printed(tmp_path: Path) -> None:
    """A mistake in the configuration, or another run in the folder, as `make results` meets it."""
    (tmp_path / "bad.yaml").write_text("runs: [{suite: digit, networks: [vit], schemes: [dense]}]")
    path = os.pathsep.join(map(str, (ROOT, ROOT / "workflow" / "progress" / "plugin")))
    snakemake = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    options = ["--dry-run", "--configfile", "bad.yaml", "--logger", "progress"]
    done = subprocess.run(  # noqa: S603
        snakemake + options,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "unknown suite 'digit' (did you mean 'digits'?)" in done.stderr
    assert "Traceback" not in done.stderr
