"""The archive of a run: what it holds."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

from sim import UserError
from workflow.maintenance.release import (
    CONFIGURATION,
    PROVENANCE,
    merged,
    release,
    results_folder,
    sha256,
)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A finished run in small."""
    folder = tmp_path / "results"
    files = {
        "tables/claims.csv": "claim,value\na,1.5\n",
        "figures/claims.svg": "<svg/>",
        "figures/claims.png": "no",
        "traces/digits/lenet5/dense.safetensors": "zeros",
        "events/a.csv": "no",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def configs(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "default.yaml", tmp_path / "own.yaml"]
    paths[0].write_text("seed: 0\nruns: [a]\nenergy: {basis: components, dram: LPDDR4}\n")
    paths[1].write_text("seed: 3\nenergy: {dram: HBM2}\n")
    return paths


def test_tables_figures_and_what_made_them_are_packed(
    results: Path, configs: list[Path], tmp_path: Path
) -> None:
    archive = tmp_path / "out" / "release.zip"
    release(results, configs, archive)
    with ZipFile(archive) as content:
        names = set(content.namelist())
        made_by = json.loads(content.read(PROVENANCE))
        config = yaml.safe_load(content.read(CONFIGURATION))
        graph = json.loads(content.read("ro-crate-metadata.json"))["@graph"]
    written = {"tables/claims.csv", "figures/claims.svg", CONFIGURATION, PROVENANCE}
    assert names >= written | {"requirements.lock"}
    assert not any(name.startswith(("traces", "events")) or "png" in name for name in names)
    assert config == merged(*configs)
    assert config["energy"] == {"basis": "components", "dram": "HBM2"}
    trace = "traces/digits/lenet5/dense.safetensors"
    assert made_by["sha256"] == {trace: sha256(results / trace)}
    assert (made_by["seed"], len(made_by["commit"])) == (3, 40)
    stated = {item["@id"]: item["sha256"] for item in graph if "sha256" in item}
    assert set(stated) == names - {"ro-crate-metadata.json"}
    assert stated["tables/claims.csv"] == sha256(results / "tables" / "claims.csv")


def test_a_run_without_tables_and_another_ending_are_refused(
    results: Path, configs: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=r"an archive ends in .zip"):
        release(results, configs, tmp_path / "release.tar")
    (results / "tables" / "claims.csv").unlink()
    with pytest.raises(UserError, match="holds no table; run `make results` first"):
        release(results, configs, tmp_path / "release.zip")
    assert not (tmp_path / "release.zip").exists()


def test_the_folder_is_that_of_the_configuration(configs: list[Path]) -> None:
    with pytest.raises(UserError, match=r"own\.yaml: no results_dir"):
        results_folder(configs)
    configs[0].write_text("results_dir: results\n")
    configs[1].write_text("results_dir: results/mine\n")
    assert results_folder(configs) == Path("results/mine")


@pytest.mark.parametrize("text", ["", "- 1", "a: [", "seed: 1\nseed: 2"])
def test_what_is_no_configuration_is_one_line(
    results: Path, configs: list[Path], tmp_path: Path, text: str
) -> None:
    configs[1].write_text(text)
    with pytest.raises(UserError, match=r"own\.yaml") as refused:
        release(results, configs, tmp_path / "release.zip")
    assert "\n" not in str(refused.value)
