"""Section `detection`: which detectors are trained, how, and where their files are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow.plan.config_errors import require_names
from workflow.plan.layout import Layout, for_network
from workflow.plan.runs import CANVASES, Run
from workflow.plan.sections.spex import Spex
from workflow.plan.sections.training import Training
from workflow.steps.trace_settings import TraceSettings


@dataclass(frozen=True)
class Detectors:
    """The part `detection` of a configuration."""

    layout: Layout

    @property
    def _config(self) -> Mapping[str, Any]:
        section: Mapping[str, Any] = self.layout.config["detection"]
        return section

    @property
    def networks(self) -> list[str]:
        """Detectors that are trained; none in a configuration without detection."""
        return list(self._config["networks"])

    def runs(self) -> list[Run]:
        """(suite, network, scheme) of every detector that is compressed."""
        return [
            Run(CANVASES, network, scheme)
            for network in self.networks
            for scheme in self._config["schemes"]
        ]

    def metrics(self) -> list[str]:
        """Metrics files of all runs."""
        return self.layout.of_runs("networks", self.runs(), ".json")

    @property
    def dataset(self) -> str:
        """File of the canvases."""
        return f"{self.layout.results}/datasets/{CANVASES}.safetensors"

    def checkpoints(self) -> list[str]:
        """Files of the trained detectors."""
        folder = f"{self.layout.results}/networks/{CANVASES}"
        return [f"{folder}/{network}/trained.safetensors" for network in self.networks]

    def canvases(self) -> dict[str, Any]:
        """Settings of the data set."""
        return {"seed": self.layout.config["seed"], **self._config["canvases"]}

    def training(self, network: str) -> dict[str, Any]:
        """Settings of a training job: the recipe, then the network's own."""
        special = self._config["networks"][network]
        repeatability = Training(self.layout).repeatability()
        return repeatability.with_settings(self._config["recipe"], special)

    def compression(self, network: str, scheme: str) -> dict[str, Any]:
        """Settings of a compression job: the scheme's, then those of all detectors."""
        of_scheme, of_network = for_network(self.layout.config["compression"][scheme], network)
        repeatability = Training(self.layout).repeatability()
        return repeatability.with_settings(of_scheme, self._config["fine_tuning"], of_network)

    def blockwise(self, network: str) -> dict[str, Any]:
        """Settings of compressing by scheme blockwise."""
        settings = self.compression(network, "blockwise")
        return {**settings, "thresholds_file": Spex(self.layout).thresholds(CANVASES, network)}

    def tracing(self) -> TraceSettings:
        """Settings of a trace job."""
        images = self._config.get("trace_images", self.layout.config["trace_images"])
        return TraceSettings(images=images, threads=self.layout.config["threads"])

    def check(self) -> None:
        """Every scheme is configured."""
        schemes = self._config.get("schemes", [])
        known = self.layout.config["compression"]
        require_names(("detection", "schemes"), "scheme", schemes, known)
