"""Section `spex`: searches of block thresholds, and which of them scheme blockwise uses."""

import json
from dataclasses import dataclass
from typing import Any

from workflow.layout import Layout, as_json
from workflow.sections.training import Training


@dataclass(frozen=True)
class Spex:
    """The configured searches of block thresholds."""

    layout: Layout

    def searches(self) -> list[tuple[str, str, str, str]]:
        """(suite, network, block, strategy) of each."""
        return [
            (entry["suite"], network, block, strategy)
            for entry in self.layout.config["spex"]["searches"]
            for network in entry["networks"]
            for block in entry["blocks"]
            for strategy in entry["strategies"]
        ]

    def files(self) -> list[str]:
        """Trials of each."""
        return [f"{self.layout.results}/spex/{'/'.join(one)}.csv" for one in self.searches()]

    def thresholds(self, suite: str, network: str, seeding: str = "") -> str:
        """File of the thresholds that scheme blockwise takes for a network."""
        used = self.layout.config["spex"]["used"]
        folder = f"{self.layout.results}/spex/{suite}{seeding}/{network}"
        return f"{folder}/{used['block']}/{used['strategy']}.yaml"

    def settings(self, suite: str, network: str, block: str, seeding: str = "") -> str:
        """Settings of a search, as JSON: those of all, then those of its entry."""
        own: dict[str, Any] = {"block": [int(edge) for edge in block.split("x")]}
        for entry in self.layout.config["spex"]["searches"]:
            if (
                entry["suite"] == suite
                and network in entry["networks"]
                and block in entry["blocks"]
            ):
                own |= entry.get("settings", {})
        common = Training(self.layout).common(seeding)
        return as_json({**common, **self.layout.config["spex"]["settings"], **own})

    def compression(self, suite: str, network: str, seeding: str = "") -> str:
        """Settings of compressing by scheme blockwise, as JSON."""
        settings = Training(self.layout).compression(suite, network, "blockwise", seeding)
        return self.with_thresholds(settings, suite, network, seeding)

    def with_thresholds(self, settings: str, suite: str, network: str, seeding: str = "") -> str:
        """Settings of compressing a network, as JSON, with the thresholds that blockwise takes."""
        file = self.thresholds(suite, network, seeding)
        return as_json({**json.loads(settings), "thresholds_file": file})
