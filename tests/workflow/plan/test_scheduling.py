from types import SimpleNamespace

import pytest
from snakemake.settings.types import MaxJobsPerTimespan, SchedulingSettings

from workflow.plan.scheduling import without_limit_of_starts


@pytest.mark.parametrize("local", [True, False])
def test_only_a_run_whose_jobs_snakemake_runs_itself_loses_the_limit(local: bool) -> None:
    limit = MaxJobsPerTimespan.parse_choice("100/1s")
    settings = SchedulingSettings(max_jobs_per_timespan=limit)
    workflow = SimpleNamespace(local_exec=local, scheduling_settings=settings)
    without_limit_of_starts(workflow)
    assert settings.max_jobs_per_timespan is (None if local else limit)


def test_what_only_reads_the_rules_has_no_limit_to_lose() -> None:
    workflow = SimpleNamespace(local_exec=True, scheduling_settings=None)
    without_limit_of_starts(workflow)
    assert workflow.scheduling_settings is None
