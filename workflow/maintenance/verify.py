"""Check the archive of a run (workflow/maintenance/release.py): its files, then its numbers.

Every file must be what its digest says. Then the tables that are asked for are made again, here,
with the configuration of the archive, and compared cell by cell within the tolerances that the
project's own reference is compared with.
"""

import argparse
import json
import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote
from zipfile import BadZipFile, ZipFile

import pandas as pd
import yaml

from sim import UserError
from sim.declared import ROOT
from sim.files import sha256
from sim.sizes import whole
from sim.validation import shown, unknown
from workflow.cli import run, whole_file
from workflow.maintenance.check_results import compared
from workflow.maintenance.release import CONFIGURATION, PROVENANCE, merged, surroundings
from workflow.maintenance.tolerances import tolerances

METADATA = "ro-crate-metadata.json"
LARGEST_BYTES = 2 * 10**9
"""Of all files unpacked; a release has some tens of megabytes."""
UNREADABLE = (
    BadZipFile,
    zlib.error,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    KeyError,
    TypeError,
)
"""What a file that is no archive, or a damaged or encrypted one, raises while it is read."""
Remake = Callable[[Path, Sequence[str]], Path]
"""Makes tables anew by a configuration file and their names; returns the folder they are in."""


@dataclass(frozen=True)
class Release:
    """An unpacked archive whose files are what their digests say.

    Attributes:
        folder: where it is unpacked.
        made_by: its provenance.
    """

    folder: Path
    made_by: dict[str, Any]

    @property
    def tables(self) -> list[str]:
        """Names of its tables."""
        return sorted(path.stem for path in (self.folder / "tables").glob("*.csv"))


def unpacked(archive: Path, folder: Path) -> Release:
    """Unpack an archive and check every file.

    Raises:
        UserError: no such archive or none of ours, a file is missing, changed, or not listed, or it
            has no table.
    """
    try:
        with ZipFile(archive) as content:
            if sum(entry.file_size for entry in content.infolist()) > LARGEST_BYTES:
                raise UserError(f"{archive}: over {LARGEST_BYTES} bytes unpacked; not a release")
            content.extractall(folder)  # which keeps every member below the folder
        graph = json.loads((folder / METADATA).read_text(encoding="utf-8"))["@graph"]
        stated = {unquote(item["@id"]): item["sha256"] for item in graph if "sha256" in item}
        made_by = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    except UNREADABLE as error:
        raise UserError(f"{archive}: not a release of this project ({error})") from error
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in sorted({*stated, *there} - {METADATA}):
        if name not in there:
            raise UserError(f"{archive}: {shown(name)} is missing")
        if stated.get(name) != sha256(folder / name):
            raise UserError(f"{archive}: {shown(name)} is not what the release says it is")
    release = Release(folder, made_by)
    if not (release.tables and isinstance(made_by, dict)):
        raise UserError(f"{archive}: not a release of this project (no table or no provenance)")
    return release


def differences(made_by: dict[str, Any], here: dict[str, Any]) -> list[str]:
    """What made the release and is another here, a line each; files that no commit has, too."""
    keys = ("commit", "python", "requirements_lock_sha256", "machine")
    return [
        f"{key.replace('_', ' ')}: {shown(str(made_by.get(key)))} there, {here[key]} here"
        for key in keys
        if made_by.get(key) != here[key]
    ] + [
        f"a file was changed there since that commit: {shown(str(line))}"
        for line in made_by.get("uncommitted_files", ())
    ]


def verified(release: Release, names: Sequence[str], remake: Remake) -> dict[str, list[str]]:
    """Cells that moved beyond tolerance, for each table that was made again.

    Raises:
        UserError: a table that the release does not have, or a run that fails.
    """
    for name in names:
        if name not in release.tables:
            raise unknown("table of the release", name, release.tables)
    rules = tolerances()
    made = remake(release.folder / CONFIGURATION, names)
    return {
        name: compared(
            pd.read_csv(made / f"{name}.csv"),
            pd.read_csv(release.folder / "tables" / f"{name}.csv"),
            rules.of(name),
        ).lines
        for name in names
    }


def run_again(results: Path, cores: int) -> Remake:
    """Makes tables by Snakemake in a folder of their own; what is there already is used."""

    def remake(configuration: Path, names: Sequence[str]) -> Path:
        config = merged(configuration)
        changed = results / CONFIGURATION
        with whole_file(changed) as temporary:
            temporary.write_text(yaml.safe_dump(config | {"results_dir": str(results)}))
        command = [sys.executable, "-m", "snakemake", "--cores", str(cores)]
        profile = ["--workflow-profile", str(ROOT / "workflow" / "profiles" / "default")]
        targets = [str(results / "tables" / f"{name}.csv") for name in names]
        done = subprocess.run(  # noqa: S603
            [*command, *profile, "--configfile", str(changed), "--", *targets], check=False
        )
        if done.returncode:
            raise UserError("the tables could not be made again; see what Snakemake says above")
        return results / "tables"

    return remake


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--tables", nargs="*", default=[], help="names; all if left out")
    parser.add_argument("--results", type=Path, default=Path("results/verify"))
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--files-only", action="store_true", help="make nothing again")
    arguments = parser.parse_args()
    whole("--cores", arguments.cores, 1)
    with TemporaryDirectory() as folder:
        release = unpacked(arguments.archive, Path(folder))
        print(f"{arguments.archive}: {len(release.tables)} tables, every file as it was packed")
        if arguments.files_only:
            return
        for line in differences(release.made_by, surroundings()):
            print(line)
        names = arguments.tables or release.tables
        changed = verified(release, names, run_again(arguments.results, arguments.cores))
    for name, lines in changed.items():
        print("\n".join(f"{name}: {line}" for line in lines) or f"{name}: every cell agrees")
    cells = sum(map(len, changed.values()))
    if cells:
        raise UserError(f"{cells} cells moved away from {arguments.archive}")


if __name__ == "__main__":
    run(main)
