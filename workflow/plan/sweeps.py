"""Sweeps of a configuration: parameters x networks x seeds, cut into chunks of points.

A point is one set of values for the parameters of an accelerator; a job runs the points of one
chunk over one trace. The seed is that of the modelled zeros, or of the data, first weights and
training of a network that is trained here.
"""

import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import prod
from typing import Any

from sim.registry import Value
from workflow.plan.results_folder import results_folder
from workflow.plan.runs import of_papers, selected

Point = dict[str, Value]
SEEDING = r"|-seed\d+"
"""What may follow a suite in a path; nothing stands for the configuration's own seed."""


@dataclass(frozen=True)
class Sweep:
    """One entry of the section `sweeps`.

    Attributes:
        accelerators: configuration names, each of which has all parameters.
        parameters: values of each parameter; every combination is a point.
        suites, networks, schemes: which of the configured runs; None takes all.
        seeds: None takes the configuration's own.
    """

    accelerators: Sequence[str]
    parameters: Mapping[str, Sequence[Value]]
    suites: Sequence[str] | None = None
    networks: Sequence[str] | None = None
    schemes: Sequence[str] | None = None
    seeds: Sequence[int] | None = None

    @property
    def points(self) -> list[Point]:
        """Every combination, the last parameter varying fastest."""
        names = list(self.parameters)
        return [
            dict(zip(names, values, strict=True))
            for values in itertools.product(*self.parameters.values())
        ]

    def chunks(self, points_per_job: int) -> int:
        """Into how many jobs the points of one trace and accelerator are cut."""
        return -(-prod(len(values) for values in self.parameters.values()) // points_per_job)

    def chunk(self, index: int, points_per_job: int) -> str:
        """The points of one job, as JSON."""
        first = index * points_per_job
        return json.dumps(self.points[first : first + points_per_job])


@dataclass(frozen=True)
class PointFolder:
    """Where the points of one (sweep, run, seed, accelerator) lie.

    Attributes:
        path: the folder, below that of all points.
        sweep: name of the sweep.
        seed: of the trace.
        chunks: number of files.
    """

    path: str
    sweep: str
    seed: int
    chunks: int

    def files(self, root: str, suffix: str) -> list[str]:
        """One file per chunk below the folder of all points, or of all their benchmarks."""
        return [f"{root}/{self.path}/{index}.{suffix}" for index in range(self.chunks)]


@dataclass(frozen=True)
class Sweeps:
    """The section `sweeps` of a configuration, and the files of its points."""

    config: Mapping[str, Any]

    def __getitem__(self, name: str) -> Sweep:
        """One sweep by name."""
        return sweeps(self.config)[name]

    @property
    def _root(self) -> str:
        return f"{results_folder(self.config['results_dir'])}/points"

    def folders(self, names: Iterable[str]) -> list[PointFolder]:
        """Every (sweep, run, seed, accelerator): each folder holds one file per chunk."""
        default = self.config["seed"]
        return [
            PointFolder(
                f"{name}/{suite}{seeding(seed, default)}/{network}/{scheme}/{accelerator}",
                name,
                seed,
                sweep.chunks(self.config["points_per_job"]),
            )
            for name in names
            for sweep in [self[name]]
            for accelerator in sweep.accelerators
            for suite, network, scheme in selected(
                of_papers(self.config["runs"]), sweep.suites, sweep.networks, sweep.schemes
            )
            for seed in (sweep.seeds if sweep.seeds is not None else [default])
        ]

    def as_json(self, names: Iterable[str]) -> str:
        """The folders of some sweeps as JSON, for the table that reads them."""
        return json.dumps([asdict(folder) for folder in self.folders(names)])

    def points(self, names: Iterable[str]) -> list[str]:
        """Event files of all points of some sweeps."""
        return [path for folder in self.folders(names) for path in folder.files(self._root, "csv")]

    def benchmarks(self, names: Iterable[str]) -> list[str]:
        """What Snakemake measured of the jobs of some sweeps."""
        root = f"{results_folder(self.config['results_dir'])}/benchmarks/points"
        return [path for folder in self.folders(names) for path in folder.files(root, "tsv")]

    def chunk(self, sweep: str, index: str) -> str:
        """The points of one job, as JSON."""
        return self[sweep].chunk(int(index), self.config["points_per_job"])


def sweeps(config: Mapping[str, Any]) -> dict[str, Sweep]:
    """The section `sweeps` by name."""
    return {name: Sweep(**entry) for name, entry in config.get("sweeps", {}).items()}


def seeding(seed: int, default: int) -> str:
    """What a seed adds to the suite's folder."""
    return "" if seed == default else f"-seed{seed}"


def seed_of(seeding: str, default: int) -> int:
    """The inverse of `seeding`."""
    return int(re.sub(r"\D", "", seeding) or default)
