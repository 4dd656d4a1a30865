"""Images and conda environments are made from the lock; Snakemake starts jobs in an image."""

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
IMAGES = ["Dockerfile", "apptainer.def"]


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_takes_every_version_from_the_lock(name: str) -> None:
    text = (ROOT / name).read_text()
    assert re.search(r"pip install .*-r \S*requirements\.lock", text)
    assert re.findall(r"[A-Za-z0-9_-]+==\d[\w.]*", text) == []


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_has_the_python_of_the_conda_environments(name: str) -> None:
    version = re.search(r"python:(\d+\.\d+)-slim", (ROOT / name).read_text())
    assert version
    for conda in ("env.yml", "workflow/envs/base.yaml"):
        assert f"python={version[1]}" in yaml.safe_load((ROOT / conda).read_text())["dependencies"]


def test_the_rules_conda_environment_is_the_lock() -> None:
    path = ROOT / "workflow" / "envs" / "base.yaml"
    pip = yaml.safe_load(path.read_text())["dependencies"][-1]["pip"]
    assert [line.split()[0] for line in pip] == ["-r"]
    assert (path.parent / pip[0].split()[1]).resolve() == ROOT / "requirements.lock"


def test_the_build_context_has_what_the_image_copies() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    ignored = [line for line in lines if line and line[0] not in "#!"]
    copied = re.findall(r"^COPY (.+) \S+$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    needed = {name for line in copied for name in line.split()} - {"."}
    needed |= {"Snakefile", "config", "models", "sim", "workflow"}
    assert [name for name in needed if not (ROOT / name).exists()] == []
    assert [name for name in needed if any(fnmatch(name, pattern) for pattern in ignored)] == []
    assert {".git", ".venv", "results/*"} <= set(ignored)


STAND_IN = """\
#!/bin/sh
# Says that it is Apptainer; runs the command of `apptainer exec ... IMAGE COMMAND` as it is.
case "$1" in
  --version) echo apptainer version 1.3.4; exit;;
esac
while [ "$1" != sparsebench.sif ]; do shift; done
echo "$1" >> apptainer.calls
shift
exec "$@"
"""


@pytest.mark.slow
def test_jobs_run_in_the_shipped_image(tmp_path: Path) -> None:
    """Apptainer itself is replaced: this shows what Snakemake asks of it, not that it runs."""
    stand_in = tmp_path / "bin" / "apptainer"
    stand_in.parent.mkdir()
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o755)
    shutil.copytree(ROOT / "config", tmp_path / "config")
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    command += ["--profile", str(ROOT / "workflow" / "profiles" / "apptainer"), "--cores", "1"]
    command += ["--configfile", "config/quick.yaml"]
    made = "results/quick/networks/imagenet/googlenet/balanced.json"
    path = os.pathsep.join([str(stand_in.parent), str(Path(sys.executable).parent)])
    done = subprocess.run(  # noqa: S603  # our own command line
        [*command, "--", made],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}"},
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / made).exists()
    assert (tmp_path / "apptainer.calls").read_text().split() == ["sparsebench.sif"]
