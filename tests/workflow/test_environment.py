"""The pins exist once: requirements.in decides, the lock and env.yml repeat it."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


def pins(lines: list[str]) -> dict[str, str]:
    versions = {}
    for line in lines:
        match = re.match(r"^([A-Za-z0-9_.-]+)==([^\s#]+)", line)
        if match:
            versions[match[1].lower().replace("_", "-")] = match[2]
    return versions


@pytest.fixture(scope="module")
def lock() -> dict[str, str]:
    return pins((ROOT / "requirements.lock").read_text().splitlines())


def test_every_direct_requirement_is_pinned_and_locked_at_that_version(
    lock: dict[str, str],
) -> None:
    lines = (ROOT / "requirements.in").read_text().splitlines()
    wanted = [line for line in lines if line.strip() and not line.startswith("#")]
    direct = pins(lines)
    assert len(direct) == len(wanted)
    assert {name: lock.get(name) for name in direct} == direct


def test_env_yml_carries_the_same_pins() -> None:
    document = yaml.safe_load((ROOT / "env.yml").read_text())
    pip = next(entry["pip"] for entry in document["dependencies"] if isinstance(entry, dict))
    assert pins(pip) == pins((ROOT / "requirements.in").read_text().splitlines())
    assert "-r requirements.lock" in pip


def test_the_lock_has_no_local_versions(lock: dict[str, str]) -> None:
    assert [name for name, version in lock.items() if "+" in version] == []


def test_the_environment_of_the_tests_is_the_locked_one(lock: dict[str, str]) -> None:
    from importlib.metadata import version

    names = ["numpy", "pandas", "torch", "snakemake", "safetensors"]
    assert {name: version(name).split("+")[0] for name in names} == {n: lock[n] for n in names}


@pytest.mark.parametrize("name", ["requirements-slurm.txt", "requirements-kubernetes.txt"])
def test_plugins_are_pinned_and_installed_beside_the_lock(name: str, lock: dict[str, str]) -> None:
    lines = (ROOT / name).read_text().splitlines()
    wanted = [line for line in lines if line.strip() and not line.startswith("#")]
    assert len(pins(lines)) == len(wanted)
    assert set(pins(lines)).isdisjoint(lock)


def test_the_packages_bounds_admit_the_pins() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    bounds = [Requirement(text) for group in (project["dependencies"], *extras) for text in group]
    pinned = pins((ROOT / "requirements.in").read_text().splitlines())
    for bound in bounds:
        if bound.name != project["name"]:
            assert bound.specifier.contains(pinned[bound.name]), bound.name


def test_a_network_is_recorded_with_what_its_extra_installs() -> None:
    """What modules import as they are imported; what a function imports names its extra itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    texts = [*project["dependencies"], *project["optional-dependencies"]["networks"]]
    installed = {Requirement(text).name for text in texts}
    distributions = {"PIL": "pillow", "sklearn": "scikit-learn", "yaml": "pyyaml"}
    other = {ROOT / "models" / name for name in ("onnx_import", "detection", "pretrained/readers")}
    for path in (ROOT / "models").rglob("*.py"):
        if not other & set(path.parents):
            packages = {name.split(".")[0] for name in _imported(path)}
            needed = packages - sys.stdlib_module_names - {"sim", "models"}
            assert {distributions.get(name, name) for name in needed} <= installed, path


def _imported(path: Path) -> list[str]:
    """Modules that a file imports at its top level."""
    names = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return names


def test_the_version_stands_the_same_in_every_place() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == version
