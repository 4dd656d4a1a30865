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


def test_the_rules_take_the_limit_off_when_a_run_starts() -> None:
    rules = (ROOT / "workflow" / "rules" / "common.smk").read_text()
    assert "onstart:\n    without_limit_of_starts(workflow)\n" in rules
