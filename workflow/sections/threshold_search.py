"""Section `threshold_search`: HASS's searches of per-layer thresholds."""

from dataclasses import dataclass

from workflow.layout import Layout, as_json, for_network


@dataclass(frozen=True)
class ThresholdSearches:
    """The networks whose thresholds are searched."""

    layout: Layout

    def runs(self) -> list[tuple[str, str]]:
        """(suite, network) of each."""
        return [
            (run["suite"], network)
            for run in self.layout.config["threshold_search"]["runs"]
            for network in run["networks"]
        ]

    def files(self, kind: str) -> list[str]:
        """Files of all searches; `kind` is "trials" or "best"."""
        folder = f"{self.layout.results}/searches"
        return [f"{folder}/{suite}/{network}_{kind}.csv" for suite, network in self.runs()]

    def settings(self, network: str) -> str:
        """Settings of a network's searches, as JSON: common ones, then its own."""
        chosen, own = for_network(self.layout.config["threshold_search"]["settings"], network)
        return as_json({"threads": self.layout.config["threads"], **chosen, **own})
