"""Pack a finished run, so that another machine can check it: tables, figures, and what made them.

The archive is an RO-Crate (https://www.researchobject.org/ro-crate/): files with a description in
`ro-crate-metadata.json`, where each has its SHA-256. `provenance.json` says which commit, versions,
machine and seed the run had, and holds the digests of the data, weights and traces that are too
large to pack. `workflow.maintenance.verify` reads it.
"""

import argparse
import json
import os
import platform
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from rocrate.rocrate import ROCrate

from sim import UserError
from sim.declared import ROOT
from sim.files import sha256
from workflow.cli import run, whole_file
from workflow.plan.config_files import content

PACKED = ("tables/*.csv", "figures/*.svg", "tables.html")
"""Globs of a run's folder that go into the archive."""
DIGESTED = ("datasets/**/*.safetensors", "networks/**/*.safetensors", "traces/**/*.safetensors")
"""Globs of what only its digest goes into."""
FORMATS = {".csv": "text/csv", ".svg": "image/svg+xml", ".html": "text/html"}
CONFIGURATION, PROVENANCE, LOCK = "configuration.yaml", "provenance.json", "requirements.lock"


def merged(*paths: Path) -> dict[str, Any]:
    """A configuration as Snakemake reads it: later files change what earlier ones say.

    Raises:
        UserError: a file is no configuration.
    """
    from snakemake.utils import update_config  # half a second that nothing else here needs

    config: dict[str, Any] = {}
    for path in paths:
        content(path)
        update_config(config, yaml.safe_load(path.read_text(encoding="utf-8")))
    return config


def results_folder(configs: list[Path]) -> Path:
    """The folder that a run of a configuration fills.

    Raises:
        UserError: the configuration names none.
    """
    folder = merged(*configs).get("results_dir")
    if not isinstance(folder, str):
        raise UserError(f"{configs[-1]}: no results_dir; name the run's folder by --results")
    return Path(folder)


def provenance(results: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    """What made a run; digests are those of the files as they are now."""
    digested = sorted(path for pattern in DIGESTED for path in results.glob(pattern))
    return surroundings() | {
        "seed": config.get("seed"),
        "sha256": {path.relative_to(results).as_posix(): sha256(path) for path in digested},
    }


def surroundings() -> dict[str, Any]:
    """The checkout and the machine that a run has here."""
    return {
        "version": _version(),
        "commit": _git("rev-parse", "HEAD"),
        "uncommitted_files": _git("status", "--porcelain", "--untracked-files=no").splitlines(),
        "python": platform.python_version(),
        "requirements_lock_sha256": sha256(ROOT / LOCK),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }


def _version() -> str:
    with (ROOT / "pyproject.toml").open("rb") as file:
        version: str = tomllib.load(file)["project"]["version"]
    return version


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(ROOT), *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"  # a copy of the files without their history
    return done.stdout.rstrip()


def packed(results: Path) -> Iterator[tuple[Path, str]]:
    """The files of a run that go into the archive, each with its place there.

    Raises:
        UserError: the run has no table.
    """
    paths = sorted(path for pattern in PACKED for path in results.glob(pattern))
    if not any(path.suffix == ".csv" for path in paths):
        raise UserError(f"{results}/tables holds no table; run `make results` first")
    return ((path, path.relative_to(results).as_posix()) for path in paths)


def release(results: Path, configs: list[Path], archive: Path) -> None:
    """Write the archive of a finished run.

    Args:
        results: the folder that the run filled.
        configs: the files of its configuration, the default first.
        archive: the file to write, which ends in `.zip`.

    Raises:
        UserError: the run has no table, or the name of the archive another ending.
    """
    if archive.suffix != ".zip":
        raise UserError(f"{archive}: an archive ends in .zip")
    config = merged(*configs)
    with TemporaryDirectory() as folder:
        made = {
            CONFIGURATION: yaml.safe_dump(config, sort_keys=False),
            PROVENANCE: json.dumps(provenance(results, config), indent=2) + "\n",
            LOCK: (ROOT / LOCK).read_text(encoding="utf-8"),
        }
        files = list(packed(results))
        for name, text in made.items():
            temporary_path = Path(folder) / name
            temporary_path.write_text(text, encoding="utf-8")
            files.append((temporary_path, name))
        with whole_file(archive) as temporary:
            _crate(files).write_zip(temporary)


def _crate(files: list[tuple[Path, str]]) -> ROCrate:
    crate = ROCrate()
    crate.name = f"Results of sparsebench {_version()}"
    crate.description = (
        "Speedup, energy and memory traffic of sparse CNN accelerators over the same zeros: "
        "tables and figures of one run, with what made it."
    )
    crate.license = "https://spdx.org/licenses/MIT"
    for path, place in files:
        properties = {"sha256": sha256(path)}
        if path.suffix in FORMATS:
            properties["encodingFormat"] = FORMATS[path.suffix]
        crate.add_file(str(path), place, properties=properties)
    return crate


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--results", type=Path, help="its folder; left out: that of its configuration"
    )
    parser.add_argument("--configs", type=Path, nargs="+", required=True, help="default first")
    parser.add_argument("--output", type=Path, required=True, help="the archive, *.zip")
    arguments = parser.parse_args()
    results = arguments.results or results_folder(arguments.configs)
    release(results, arguments.configs, arguments.output)
    size = arguments.output.stat().st_size / 1e6
    print(
        f"{arguments.output} ({size:.1f} MB); check it by `make verify BUNDLE={arguments.output}`"
    )


if __name__ == "__main__":
    run(main)
