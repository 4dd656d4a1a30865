"""A clean run of a small configuration, and copies of it in which something went wrong."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.workflow.running import ROOT, TINY, files, start

SMALL = {
    **TINY,
    "accelerators": ["sa"],
    "sweeps": {
        "rows": {
            "accelerators": ["sa"],
            "parameters": {"rows": [8, 16, 32]},
            "schemes": ["dbb"],
            "seeds": [0, 1],
        }
    },
    "points_per_job": 2,
    "design_space": ["rows"],
}
TARGETS = [
    *(f"results/tables/{name}.csv" for name in ("accuracy", "networks", "design_space")),
    "results/figures/accuracy.png",
]
PROFILE = ["--workflow-profile", str(ROOT / "workflow/profiles/default"), "--cores", "2"]


class Run:
    """A folder in which the small configuration was run once without any fault.

    Attributes:
        folder: the working directory of Snakemake.
        clean: tables and figures of the run without fault.
    """

    def __init__(self, folder: Path, clean: dict[str, bytes]) -> None:
        self.folder = folder
        self.clean = clean
        self.marker = folder / "fault"

    def remove(self, *patterns: str) -> None:
        """Delete outputs, so that they are made again."""
        for pattern in patterns:
            files = list((self.folder / "results").glob(pattern))
            for path in files:
                path.unlink()

    def start(
        self,
        *arguments: str,
        fault: tuple[str, str] | None = None,
        profile: Sequence[str] = PROFILE,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[str]:
        """Start Snakemake with a profile; `fault` is what happens in which module."""
        variables = dict(environment or {})
        if fault is not None:
            shim = self.folder / "bin" / "python"
            shim.parent.mkdir(exist_ok=True)
            inject = Path(__file__).with_name("inject.py")
            shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{inject}" "$@"\n')
            shim.chmod(shim.stat().st_mode | stat.S_IXUSR)
            what, module = fault
            path = [str(shim.parent), *filter(None, [variables.get("PATH")])]
            variables |= {"FAULT": f"{what} {module} {self.marker}", "PATH": os.pathsep.join(path)}
        command = [*profile, *arguments, "--", *TARGETS]
        return start(self.folder, *command, config=SMALL, environment=variables)

    def finish(self, *arguments: str, fault: tuple[str, str] | None = None) -> tuple[int, str]:
        """Run Snakemake to its end: exit code, and what it said."""
        process = self.start(*arguments, fault=fault)
        said, _ = process.communicate()
        return process.returncode, said

    def reach_fault(self, process: subprocess.Popen[str]) -> None:
        """Wait until a job waits with half its output written."""
        deadline = time.monotonic() + 120
        while not self.marker.exists():
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline, "the faulty job was never reached"
            time.sleep(0.02)

    def assert_as_clean(self, code: int, said: str) -> None:
        """The run succeeded, results are the clean run's, and no half-written file lies about."""
        assert code == 0, said
        assert files(self.folder) == self.clean
        results = (self.folder / "results").rglob(".*")
        assert [path.name for path in results if path.suffix != ".sha256"] == []


@pytest.fixture(scope="session")
def clean_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    code, said = Run(folder, {}).finish()
    assert code == 0, said
    return folder


@pytest.fixture
def done(clean_folder: Path, tmp_path: Path) -> Run:
    """A copy of the clean run, with Snakemake's own records."""
    shutil.copytree(clean_folder, tmp_path / "run")
    return Run(tmp_path / "run", files(clean_folder))


@pytest.fixture
def kill_all() -> Iterator[Callable[[subprocess.Popen[str]], None]]:
    """SIGKILL to Snakemake and its jobs; whatever a test leaves running is killed too."""
    started: list[subprocess.Popen[str]] = []

    def kill(process: subprocess.Popen[str]) -> None:
        started.append(process)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    yield kill
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
