"""Section `threshold_search`: HASS's searches of per-layer thresholds."""

from dataclasses import dataclass
from typing import Any

from workflow.plan.config_errors import ConfigError, unknown_name
from workflow.plan.layout import Layout, for_network
from workflow.plan.run_checks import check_trained


@dataclass(frozen=True)
class ThresholdSearches:
    """The networks whose thresholds are searched."""

    layout: Layout

    def runs(self) -> list[tuple[str, str]]:
        """Every configured search as (suite, network)."""
        return [
            (run["suite"], network)
            for run in self.layout.config["threshold_search"]["runs"]
            for network in run["networks"]
        ]

    def files(self, kind: str) -> list[str]:
        """Files of all searches; `kind` is "trials" or "best"."""
        folder = f"{self.layout.results}/searches"
        return [f"{folder}/{suite}/{network}_{kind}.csv" for suite, network in self.runs()]

    def settings(self, network: str) -> dict[str, Any]:
        """Settings of a network's searches: those of all, then the network's own."""
        section = self.layout.config["threshold_search"]["settings"]
        common, of_network = for_network(section, network)
        return {"threads": self.layout.config["threads"], **common, **of_network}

    def check(self) -> None:
        """Every searched network is trained here."""
        config = self.layout.config
        for index, run in enumerate(config["threshold_search"]["runs"]):
            here = ("threshold_search", "runs", index)
            if run["suite"] not in config["training"]:
                raise unknown_name((*here, "suite"), "suite", run["suite"], config["training"])
            check_trained(config, here, {**run, "schemes": []})
        searches = self.runs()
        for suite, network in searches:
            if searches.count((suite, network)) > 1:
                place = ("threshold_search", "runs")
                raise ConfigError(place, f"lists {suite}/{network} twice; keep one")
