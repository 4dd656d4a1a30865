"""Section `seeds`: the same runs under several seeds, so that every number has a spread."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sim.registry import configurations
from workflow.plan.config_errors import ConfigError, require_names
from workflow.plan.known_names import inherited
from workflow.plan.layout import Layout
from workflow.plan.name_checks import made_runs
from workflow.plan.run_checks import check_runs
from workflow.plan.runs import Run, expanded
from workflow.plan.sections.imagenet import FullSize
from workflow.plan.sweeps import seeding


@dataclass(frozen=True)
class SeededRun:
    """The files of one run under one seed.

    Attributes:
        seed: of the data, first weights and training, or of modelled zeros.
        trace: the trace file.
        metrics: the metrics file; None where nothing is trained.
        events: an event file per accelerator.
    """

    seed: int
    trace: str
    metrics: str | None
    events: Sequence[str]

    @property
    def files(self) -> list[str]:
        """All of them."""
        return [self.trace, *([self.metrics] if self.metrics else []), *self.events]


@dataclass(frozen=True)
class SeededTable:
    """What a table that claims are judged from is made from under one seed.

    Attributes:
        table: its name.
        seed: of the runs.
        files: the event files.
    """

    table: str
    seed: int
    files: Sequence[str]


@dataclass(frozen=True)
class Seeds:
    """The runs that are repeated, and the seeds."""

    layout: Layout

    @property
    def _section(self) -> dict[str, Any]:
        """The section; nothing is repeated where there is none."""
        section: dict[str, Any] = {"values": [], "accelerators": [], "runs": []}
        section |= self.layout.config.get("seeds", {})
        return section

    def runs(self) -> list[Run]:
        """(suite, network, scheme) of each run that is repeated.

        The default's own list holds as a whole or not at all: what a user did not write costs no
        training of runs that the user's configuration was made to leave out. Measured zeros are
        the same under every seed.
        """
        repeated = expanded(self._section["runs"])
        made = set(repeated) <= self._made
        return [run for run in repeated if made and self._same_under_every_seed(run) is None]

    @property
    def _made(self) -> set[Run]:
        """All that is traced: also what is put on a board, and what zero blocks are counted in."""
        return set(made_runs(self.layout.config))

    def seeded(self) -> list[SeededRun]:
        """The files of every run under every seed, of those that designs are compared on."""
        compared = set(expanded(self.layout.config["runs"]))
        return [
            SeededRun(
                seed,
                self._file("traces", run, seed, ".safetensors"),
                self._file("networks", run, seed, ".json") if self._is_trained(run) else None,
                self._events(run, seed, self._section["accelerators"]),
            )
            for run in self.runs()
            if run in compared
            for seed in self._section["values"]
        ]

    def tables(self, name: str, runs: Sequence[Run], files: Sequence[str]) -> list[SeededTable]:
        """What a table that claims are judged from is made from under each seed.

        Args:
            name: of the table.
            runs: all that it needs; where one of them is not repeated, there is no such table.
            files: of these runs, as they are under the configuration's own seed.
        """
        if not runs or not set(runs) <= set(self.runs()):
            return []
        return [
            SeededTable(name, seed, [self._under(path, seed) for path in files])
            for seed in self._section["values"]
        ]

    def check(self) -> None:
        """Every accelerator and run exists, is made, and another seed changes it.

        Raises:
            ConfigError: names what does not exist, is not made, or is measured.
        """
        config, section = self.layout.config, self._section
        place = ("seeds", "accelerators")
        require_names(place, "accelerator", section["accelerators"], configurations())
        check_runs(config, ("seeds", "runs"), section["runs"])
        if inherited(config, "seeds", "runs"):
            return
        for index, block in enumerate(section["runs"]):
            for run in expanded([block]):
                reason = self._same_under_every_seed(run)
                if run not in self._made:
                    mistake = f"{'/'.join(run)} is not among runs; add it to runs, or take it out"
                elif reason is not None:
                    mistake = f"{reason}; take it out"
                else:
                    continue
                raise ConfigError(("seeds", "runs", index), mistake)

    def _is_trained(self, run: Run) -> bool:
        return run.suite in self.layout.config["training"]

    def _same_under_every_seed(self, run: Run) -> str | None:
        return FullSize(self.layout).same_under_every_seed(run)

    def _events(self, run: Run, seed: int, designs: Iterable[str]) -> list[str]:
        return [self._file("events", run, seed, f"/{design}.csv") for design in designs]

    def _file(self, kind: str, run: Run, seed: int, suffix: str) -> str:
        return self._under(self.layout.of_runs(kind, [run], suffix)[0], seed)

    def _under(self, path: str, seed: int) -> str:
        """Where the file of a run, RESULTS/kind/suite/network/.., is under another seed."""
        results = self.layout.results
        kind, suite, rest = path.removeprefix(f"{results}/").split("/", 2)
        return f"{results}/{kind}/{suite}{seeding(seed, self.layout.config['seed'])}/{rest}"


def listed(entries: Iterable[SeededRun] | Iterable[SeededTable]) -> str:
    """Runs or tables as JSON, for the step that reads their files."""
    return json.dumps([asdict(entry) for entry in entries])
