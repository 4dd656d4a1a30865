import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.declared import ROOT
from workflow.plan.scheduling import without_piled_looks

RULES = """
import sys
sys.path.insert(0, {root!r})
from workflow.plan.scheduling import without_piled_looks
before = []
onstart:
    before.append(workflow.scheduler.job_rate_limiter)
    without_piled_looks(workflow)
onsuccess:
    print("limited", before != [None], "then", workflow.scheduler.job_rate_limiter)
rule all:
    input: [f"{{job}}.txt" for job in range(5)]
rule one:
    output: touch("{{job}}.txt")
"""


def test_a_local_run_of_the_pinned_snakemake_ends_without_the_limit_it_began_with(
    tmp_path: Path,
) -> None:
    (tmp_path / "Snakefile").write_text(RULES.format(root=str(ROOT)))
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--scheduler", "greedy"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert "limited True then None" in done.stdout
    assert (tmp_path / "4.txt").is_file()


def test_what_starts_jobs_elsewhere_keeps_the_limit_and_asks_for_one_look_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[float] = []
    clock = 100.0
    monkeypatch.setattr("time.monotonic", lambda: clock)
    limit = "100 a second"
    scheduler = SimpleNamespace(job_rate_limiter=limit, _schedule_reevalutation=asked.append)
    without_piled_looks(SimpleNamespace(local_exec=False, scheduler=scheduler))
    for _ in range(50):  # jobs that end at once
        scheduler._schedule_reevalutation(1.0)
    assert asked == [1.0]
    clock += 1.0  # the look that was asked for
    scheduler._schedule_reevalutation(1.0)
    assert asked == [1.0, 1.0]
    assert scheduler.job_rate_limiter == limit


LOOKING = """
import sys
import snakemake.scheduling.job_scheduler as scheduling
from snakemake.cli import main
from sim import UserError
from workflow.plan.sections.imagenet import FullSize
looks = []
assert callable(scheduling.JobScheduler._schedule_reevalutation)
scheduling.JobScheduler._schedule_reevalutation = lambda self, delay: looks.append(delay)
def refuse(self):
    raise UserError("imagenet.device: no such thing here")
if sys.argv.pop(1) == "refused":
    FullSize.check_devices = refuse
try:
    main()
finally:
    print("looked again after", looks)
"""


def run(folder: Path, target: str, devices: str) -> subprocess.CompletedProcess[str]:
    options = ["--cores", "1", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder)]
    options += ["--workflow-profile", str(ROOT / "workflow" / "profiles" / "default"), target]
    command = [sys.executable, "-c", LOOKING, devices, *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603


def test_a_run_of_the_workflow_never_asks_to_be_woken_to_look_for_jobs(tmp_path: Path) -> None:
    target = "results/tables/footing_designs.csv"
    done = run(tmp_path, target, "there")
    assert (tmp_path / target).is_file(), done.stderr
    assert done.stdout.endswith("looked again after []\n")


def test_a_run_of_the_workflow_looks_at_devices_before_any_job(tmp_path: Path) -> None:
    target = "results/tables/footing_designs.csv"
    done = run(tmp_path, target, "refused")
    assert not (tmp_path / target).exists()
    assert "imagenet.device: no such thing here" in done.stderr
    assert "Traceback" not in done.stderr
