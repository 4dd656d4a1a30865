"""Section `dataflow`: layer-pipelined designs of networks on an FPGA board."""

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.layout import Layout, as_json
from workflow.runs import Run, expanded, selected


@dataclass(frozen=True)
class Dataflow:
    """The networks that are put on a board."""

    layout: Layout

    def runs(self, suites: Iterable[str] | None = None) -> list[Run]:
        """(suite, network, scheme) of each; None takes all suites."""
        return selected(expanded(self.layout.config["dataflow"]["runs"]), suites)

    def designs(self, kind: str) -> list[str]:
        """Files of all runs; `kind` is "designs" or "layers"."""
        return [self._file(run, kind) for run in self.runs()]

    def sensitivities(self) -> list[str]:
        """Files of the runs on whose network assumed parameters are varied."""
        varied = self.layout.config["dataflow"]["sensitivity"]
        return [self._file(run, "sensitivity") for run in self.runs() if run[1] in varied]

    def settings(self) -> str:
        """Settings of an exploration, as JSON."""
        return as_json(self.layout.config["dataflow"]["settings"])

    def _file(self, run: Run, kind: str) -> str:
        return f"{self.layout.results}/designs/{'/'.join(run)}_{kind}.csv"
