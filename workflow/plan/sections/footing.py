"""Sections `footing_runs`, `sensitivity_runs` and `zeros`: all designs beside each other."""

from dataclasses import dataclass
from typing import Any

from models.imagenet import IMAGENET
from sim.footing import footing
from workflow.plan.layout import Layout
from workflow.plan.run_checks import check_runs
from workflow.plan.runs import Run, expanded
from workflow.plan.sections.imagenet import FullSize


@dataclass(frozen=True)
class CommonFooting:
    """The runs on which all designs are compared on one footing."""

    layout: Layout

    def runs(self) -> list[Run]:
        """(suite, network, scheme) of each, as far as they are among the papers' runs."""
        return self._wanted(self.layout.runs())

    def every_run(self) -> list[Run]:
        """Every run of the footing, those that are `compared_only` among them."""
        return self._wanted(self.layout.every_run())

    def _wanted(self, runs: list[Run]) -> list[Run]:
        wanted = set(expanded(self.layout.config.get("footing_runs", [])))
        return [run for run in runs if run in wanted]

    def files(self) -> list[str]:
        """Event files of all designs on one footing, one for each of the papers' runs."""
        return self.layout.of_runs("footing", self.runs())

    def every_file(self) -> list[str]:
        """Event files of all designs on one footing, one for every run."""
        return self.layout.of_runs("footing", self.every_run())

    def configured_files(self) -> list[str]:
        """Event files of the same designs as configured, on the same runs, where there are any."""
        config = self.layout.config
        compared = [run for run in self.every_run() if run.scheme in config["compared_schemes"]]
        return [
            path
            for run in compared
            for name in config["accelerators"]
            if name in footing().designs
            for path in self.layout.of_runs("events", [run], f"/{name}.csv")
        ]

    def added_as_configured(self, scheme: str) -> list[str]:
        """Designs without event files of their own: one job runs them as configured as well."""
        if scheme not in self.layout.config["compared_schemes"]:
            return []
        accelerators = self.layout.config["accelerators"]
        return [name for name in footing().run_under(scheme) if name not in accelerators]

    def check(self) -> None:
        """Every run exists, once."""
        config = self.layout.config
        check_runs(config, ("footing_runs",), config.get("footing_runs", []))


@dataclass(frozen=True)
class Sensitivities:
    """The runs on which every swept parameter of every design is varied."""

    layout: Layout

    def runs(self) -> list[Run]:
        """(suite, network, scheme) of each for whose scheme some design is meant."""
        wanted = set(expanded(self.layout.config.get("sensitivity_runs", [])))
        meant = {design.scheme for design in footing().designs.values()}
        return [run for run in self.layout.every_run(schemes=meant) if run in wanted]

    def zeros_runs(self) -> list[Run]:
        """The runs with modelled zeros, if the settings of such zeros are varied."""
        full_size = FullSize(self.layout)
        modelled = [
            run
            for run in self.runs()
            if run.suite == IMAGENET and not full_size.measured(run.network)
        ]
        return modelled if self.zeros() else []

    def zeros(self) -> dict[str, Any]:
        """Values of each varied setting of modelled zeros."""
        return dict(self.layout.config.get("zeros", {}))

    def files(self) -> list[str]:
        """Event files with every parameter varied, then those with the zeros varied."""
        varied = self.layout.of_runs("sensitivity", self.runs())
        return [*varied, *self.layout.of_runs("zeros", self.zeros_runs())]

    def check(self) -> None:
        """Every run exists, once."""
        config = self.layout.config
        check_runs(config, ("sensitivity_runs",), config.get("sensitivity_runs", []))
