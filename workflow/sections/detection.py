"""Section `detection`: which detectors are trained, how, and where their files are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow.layout import Layout, as_json, for_network
from workflow.runs import CANVASES
from workflow.sections.spex import Spex
from workflow.sections.training import Training


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

    def runs(self) -> list[tuple[str, str]]:
        """(network, scheme) of every detector that is compressed."""
        return [
            (network, scheme) for network in self.networks for scheme in self._config["schemes"]
        ]

    def metrics(self) -> list[str]:
        """Metrics files of all runs."""
        folder = f"{self.layout.results}/networks/{CANVASES}"
        return [f"{folder}/{network}/{scheme}.json" for network, scheme in self.runs()]

    def canvases(self) -> str:
        """Settings of the data set, as JSON."""
        return as_json({"seed": self.layout.config["seed"], **self._config["canvases"]})

    def training(self, network: str) -> str:
        """Settings of a training job, as JSON: the recipe, then the network's own."""
        own = self._config["networks"][network]
        return as_json({**Training(self.layout).common(), **self._config["recipe"], **own})

    def compression(self, network: str, scheme: str) -> str:
        """Settings of a compression job, as JSON: the scheme's, then those of all detectors."""
        chosen, own = for_network(self.layout.config["compression"][scheme], network)
        common = Training(self.layout).common()
        return as_json({**common, **chosen, **self._config["fine_tuning"], **own})

    def blockwise(self, network: str) -> str:
        """Settings of compressing by scheme blockwise, as JSON."""
        settings = self.compression(network, "blockwise")
        return Spex(self.layout).with_thresholds(settings, CANVASES, network)

    def tracing(self) -> str:
        """Settings of a trace job, as JSON."""
        images = self._config.get("trace_images", self.layout.config["trace_images"])
        return as_json({"images": images, "threads": self.layout.config["threads"]})
