"""Section `dataflow`: layer-pipelined designs of networks on an FPGA board."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workflow.plan.layout import Layout
from workflow.plan.run_checks import check_runs
from workflow.plan.runs import Run, expanded, selected


@dataclass(frozen=True)
class Dataflow:
    """The networks that are put on a board."""

    layout: Layout

    def runs(self, suites: Iterable[str] | None = None) -> list[Run]:
        """(suite, network, scheme) of each; None takes all suites."""
        return selected(expanded(self.layout.config["dataflow"]["runs"]), suites)

    def designs(self, kind: str) -> list[str]:
        """Files of all runs; `kind` is "designs" or "layers"."""
        return self._files(self.runs(), kind)

    def sensitivities(self) -> list[str]:
        """Files of the runs on whose network assumed parameters are varied."""
        varied = self.layout.config["dataflow"]["sensitivity"]
        return self._files([run for run in self.runs() if run.network in varied], "sensitivity")

    def settings(self) -> dict[str, Any]:
        """Settings of an exploration."""
        return dict(self.layout.config["dataflow"]["settings"])

    def check(self) -> None:
        """Every run exists, once."""
        runs = self.layout.config["dataflow"]["runs"]
        check_runs(self.layout.config, ("dataflow", "runs"), runs)

    def _files(self, runs: Iterable[Run], kind: str) -> list[str]:
        return self.layout.of_runs("designs", runs, f"_{kind}.csv")
