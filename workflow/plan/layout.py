"""Where the pipeline keeps each file of a configuration, and on which runs."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from workflow.plan.results_folder import results_folder
from workflow.plan.runs import Run, expanded, of_papers, selected
from workflow.plan.sweeps import seed_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True)
class Layout:
    """Paths and runs of one configuration, which must be valid."""

    config: Mapping[str, Any]

    @property
    def results(self) -> str:
        """Folder of everything that is made."""
        return results_folder(self.config["results_dir"])

    def table(self, name: str) -> str:
        """File of a table."""
        return f"{self.results}/tables/{name}.csv"

    def figure(self, name: str, form: str) -> str:
        """File of a figure; `form` is "svg" or "png"."""
        return f"{self.results}/figures/{name}.{form}"

    def runs(
        self,
        suites: Iterable[str] | None = None,
        networks: Iterable[str] | None = None,
        schemes: Iterable[str] | None = None,
    ) -> list[Run]:
        """(suite, network, scheme) of every run that matches; None matches all.

        Runs that are `compared_only` are not among them.
        """
        return selected(of_papers(self.config["runs"]), suites, networks, schemes)

    def every_run(
        self, suites: Iterable[str] | None = None, schemes: Iterable[str] | None = None
    ) -> list[Run]:
        """Every configured run that matches, those that are `compared_only` among them."""
        return selected(expanded(self.config["runs"]), suites, schemes=schemes)

    def of_runs(self, kind: str, runs: Iterable[Run], suffix: str = ".csv") -> list[str]:
        """A file of each run in the folder of some kind of files."""
        return [f"{self.results}/{kind}/{'/'.join(run)}{suffix}" for run in runs]

    def traces(self) -> list[str]:
        """Trace files of every run."""
        return self.of_runs("traces", self.every_run(), ".safetensors")

    def metrics(self) -> list[str]:
        """Metrics files of every run that is trained here."""
        return self.of_runs("networks", self.every_run(self.config["training"]), ".json")

    def events(
        self, accelerators: Iterable[str], kind: str = "events", **selection: Iterable[str]
    ) -> list[str]:
        """Event files (or `kind` = "sweeps") of some accelerators on the selected runs."""
        return self.events_of(self.runs(**selection), accelerators, kind)

    def events_of(
        self, runs: Iterable[Run], accelerators: Iterable[str], kind: str = "events"
    ) -> list[str]:
        """Event files of some accelerators on some runs."""
        names = list(accelerators)
        return [path for run in runs for path in self._events(kind, run, names)]

    def paired(
        self,
        scheme_of: Mapping[str, str],
        kind: str = "events",
        suites: Iterable[str] | None = None,
    ) -> list[str]:
        """Event files of accelerators that each run on a scheme of their own."""
        return [
            path
            for name, scheme in scheme_of.items()
            for run in self.runs(suites, schemes=[scheme])
            for path in self._events(kind, run, [name])
        ]

    def swept(self, accelerators: Iterable[str], **selection: Iterable[str]) -> list[str]:
        """Event files, with the sweeps in them for the suites that are swept."""
        names = list(accelerators)
        return [
            path
            for run in self.runs(**selection)
            for kind in ["sweeps" if run.suite in self.config["sweep_suites"] else "events"]
            for path in self._events(kind, run, names)
        ]

    def seed(self, seeding: str) -> int:
        """The seed that the end of a suite's folder stands for."""
        return seed_of(seeding, self.config["seed"])

    def _events(self, kind: str, run: Run, accelerators: Iterable[str]) -> list[str]:
        return [f"{self.results}/{kind}/{'/'.join(run)}/{name}.csv" for name in accelerators]


def as_json(settings: "Mapping[str, Any] | DataclassInstance") -> str:
    """JSON with sorted keys: equal settings give equal rule parameters."""
    values = settings if isinstance(settings, Mapping) else asdict(settings)
    return json.dumps(values, sort_keys=True)


def for_network(section: Mapping[str, Any], network: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values of a section for all networks, and those that its `networks` replace for one."""
    common = dict(section)
    return common, common.pop("networks", {}).get(network, {})
