"""Steps and Snakemake itself are killed while half an output is written."""

import os
import signal
import subprocess
from collections.abc import Callable

import pytest

from .conftest import Run

pytestmark = pytest.mark.slow

STEPS = [
    ("workflow.steps.trace", "traces/digits/lenet5/dbb.safetensors", "logs/trace"),
    ("workflow.steps.simulate", "events/digits/lenet5/dbb/sa.csv", "logs/simulate"),
    ("workflow.studies.accuracy.accuracy_table", "tables/accuracy.csv", "logs/tables/accuracy.log"),
    (
        "workflow.studies.accuracy.accuracy_figure",
        "figures/accuracy.png",
        "logs/figures/accuracy.log",
    ),
]


@pytest.mark.parametrize(("module", "output", "log"), STEPS, ids=lambda text: text.split("/")[-1])
def test_a_killed_step_is_named_with_its_log_and_made_again(
    done: Run, module: str, output: str, log: str
) -> None:
    done.remove(output, "events/**/*.csv", "tables/*.csv", "figures/*")
    code, said = done.finish(fault=("die", module))
    assert code != 0
    assert not (done.folder / "results" / output).exists()
    assert f"results/{log}" in said
    assert "Traceback" not in said
    done.assert_as_clean(*done.finish())


@pytest.fixture
def waiting(done: Run) -> subprocess.Popen[str]:
    """Snakemake while a simulation has half its output written."""
    done.remove("events/**/*.csv", "tables/*.csv", "figures/*")
    process = done.start(fault=("wait", "workflow.steps.simulate"))
    done.reach_fault(process)
    return process


def test_after_a_kill_of_everything_the_next_run_says_how_to_go_on(
    done: Run, waiting: subprocess.Popen[str], kill_all: Callable[[subprocess.Popen[str]], None]
) -> None:
    kill_all(waiting)
    assert not (done.folder / "results/events/digits/lenet5/dbb/sa.csv").exists()
    code, said = done.finish()
    assert code != 0
    assert "cannot be locked" in said
    assert "--unlock" in said
    code, said = done.finish("--unlock")
    assert code == 0, said
    done.assert_as_clean(*done.finish())


def test_a_job_that_outlives_its_snakemake_does_no_harm(
    done: Run, waiting: subprocess.Popen[str], kill_all: Callable[[subprocess.Popen[str]], None]
) -> None:
    os.kill(waiting.pid, signal.SIGKILL)  # its job still waits, and will write later
    waiting.wait()
    done.finish("--unlock")
    code, said = done.finish()
    done.marker.with_suffix(".go").touch()
    waiting.communicate()  # ends when the orphan has closed its end of the stream
    done.assert_as_clean(code, said)
    done.assert_as_clean(*done.finish())


def test_a_second_run_in_the_same_folder_is_refused_and_the_first_goes_on(
    done: Run, waiting: subprocess.Popen[str]
) -> None:
    code, said = done.finish()
    assert code != 0
    assert "cannot be locked" in said
    assert waiting.poll() is None
    done.marker.with_suffix(".go").touch()
    said, _ = waiting.communicate()
    done.assert_as_clean(waiting.returncode, said)
