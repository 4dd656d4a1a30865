import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from sim.declared import ROOT
from workflow.plan.scheduling import without_limit_of_starts

RULES = """
import sys
sys.path.insert(0, {root!r})
from workflow.plan.scheduling import without_limit_of_starts
before = []
onstart:
    before.append(workflow.scheduler.job_rate_limiter)
    without_limit_of_starts(workflow)
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


def test_what_starts_jobs_elsewhere_keeps_the_limit() -> None:
    scheduler = SimpleNamespace(job_rate_limiter="100 a second")
    without_limit_of_starts(SimpleNamespace(local_exec=False, scheduler=scheduler))
    assert scheduler.job_rate_limiter == "100 a second"


LOOKING = """
import sys
import snakemake.scheduling.job_scheduler as scheduling
from snakemake.cli import main
looks = []
scheduling.JobScheduler._schedule_reevalutation = lambda self, delay: looks.append(delay)
try:
    main()
finally:
    print("looked again after", looks)
"""


def test_a_run_of_the_workflow_never_asks_to_be_woken_to_look_for_jobs(tmp_path: Path) -> None:
    target = "results/tables/footing_designs.csv"
    options = ["--cores", "1", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(tmp_path)]
    options += ["--workflow-profile", str(ROOT / "workflow" / "profiles" / "default"), target]
    command = [sys.executable, "-c", LOOKING, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert (tmp_path / target).is_file(), done.stderr
    assert done.stdout.endswith("looked again after []\n")
