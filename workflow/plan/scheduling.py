"""How often Snakemake looks for jobs to start."""

from typing import Any


def without_limit_of_starts(workflow: Any) -> None:
    """Take Snakemake's limit of starts per timespan from a run whose jobs it runs itself.

    With a limit, each time that Snakemake looks for jobs to start, it looks again a timespan later,
    and then again, so that looks pile up with every job that ends: with hundreds of jobs ready its
    own process kept a quarter of a core busy after an hour. Cores limit local jobs; what starts
    jobs elsewhere keeps the limit. No value of `--max-jobs-per-timespan` says "none", and Snakemake
    sets its own after it has read the rules.

    Args:
        workflow: snakemake.workflow.Workflow (9.20) that is about to start its first job.
    """
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None
