"""Section `spex`: searches of block thresholds, and which of them scheme blockwise uses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from models.imagenet import IMAGENET
from workflow.plan.config_errors import ConfigError, Place, require_names, unknown_name
from workflow.plan.layout import Layout
from workflow.plan.runs import CANVASES, Run, expanded, selected
from workflow.plan.sections.training import Training

SearchKey = tuple[str, str, str, str]
"""(suite, network, block, strategy)"""
OF_FILE = ("block", "criterion", "thresholds", "thresholds_file")
"""Settings of scheme blockwise that the file of a search replaces."""


@dataclass(frozen=True)
class Spex:
    """The configured searches of block thresholds."""

    layout: Layout

    @property
    def _config(self) -> Mapping[str, Any]:
        section: Mapping[str, Any] = self.layout.config["spex"]
        return section

    def searches(self) -> list[SearchKey]:
        """Every configured search as (suite, network, block, strategy)."""
        return [
            search
            for entry in self._config["searches"]
            for search in product(
                [entry["suite"]], entry["networks"], entry["blocks"], entry["strategies"]
            )
        ]

    def files(self) -> list[str]:
        """Files of trials, one per search."""
        return [f"{self.layout.results}/spex/{'/'.join(parts)}.csv" for parts in self.searches()]

    def thresholds(self, suite: str, network: str, seeding: str = "") -> str:
        """File of the thresholds that scheme blockwise takes for a network."""
        used = self._config["used"]
        folder = f"{self.layout.results}/spex/{suite}{seeding}/{network}"
        return f"{folder}/{used['block']}/{used['strategy']}.yaml"

    def settings(self, suite: str, network: str, block: str, seeding: str = "") -> dict[str, Any]:
        """Settings of a search: those of all, then those of its entry."""
        of_entry: dict[str, Any] = {"block": [int(edge) for edge in block.split("x")]}
        for entry in self._config["searches"]:
            if (
                entry["suite"] == suite
                and network in entry["networks"]
                and block in entry["blocks"]
            ):
                of_entry |= entry.get("settings", {})
        repeatability = Training(self.layout).repeatability(seeding)
        return repeatability.with_settings(self._config["settings"], of_entry)

    def compression(self, suite: str, network: str, seeding: str = "") -> dict[str, Any]:
        """Settings of compressing by scheme blockwise."""
        settings = Training(self.layout).compression(suite, network, "blockwise", seeding)
        return {**settings, "thresholds_file": self.thresholds(suite, network, seeding)}

    def check(self) -> None:
        """Searched networks are trained once per block and strategy; blockwise runs are searched.

        Raises:
            ConfigError: names the search or the run.
        """
        self._check_networks()
        self._check_decided()
        searches = self.searches()
        for search in searches:
            if searches.count(search) > 1:
                raise ConfigError(("spex", "searches"), f"lists {'/'.join(search)} twice")
        used = self._config["used"]
        for suite, network, scheme in self._blockwise_runs():
            if (suite, network, used["block"], used["strategy"]) not in searches:
                raise ConfigError(
                    ("spex", "searches"),
                    f"runs has {suite}/{network}/{scheme}, but spex.searches has no "
                    f"{used['strategy']} of {used['block']} blocks for it, which spex.used names",
                )

    def _check_decided(self) -> None:
        """No setting takes the place of what other keys of the section decide."""
        entries = self._config["searches"]
        maps: dict[Place, Mapping[str, Any]] = {("spex", "settings"): self._config["settings"]}
        for index, entry in enumerate(entries):
            maps[("spex", "searches", index, "settings")] = entry.get("settings", {})
            for other in entries[:index]:
                if _same_search(entry, other) and entry.get("settings") != other.get("settings"):
                    raise ConfigError(
                        ("spex", "searches", index),
                        "another entry has other settings for one of its networks and blocks; "
                        "write the strategies of both into one entry",
                    )
        for place, settings in maps.items():
            _require_without(place, settings, ["block"], "blocks of spex.searches")
        blockwise = dict(self.layout.config["compression"].get("blockwise", {}))
        special = blockwise.pop("networks", {})
        scheme = ("compression", "blockwise")
        _require_without(scheme, blockwise, OF_FILE, "spex.used")
        for network, settings in special.items():
            _require_without((*scheme, "networks", network), settings, OF_FILE, "spex.used")

    def _check_networks(self) -> None:
        suites = {**self.layout.config["training"], CANVASES: self.layout.config["detection"]}
        for index, entry in enumerate(self._config["searches"]):
            here, suite = ("spex", "searches", index), entry["suite"]
            if suite not in suites:
                raise unknown_name((*here, "suite"), "suite", suite, suites)
            known = suites[suite]["networks"]
            require_names(
                (*here, "networks"), f"network of suite {suite}", entry["networks"], known
            )

    def _blockwise_runs(self) -> list[Run]:
        """Runs of trained networks under scheme blockwise, the detectors' among them."""
        detection = self.layout.config["detection"]
        detectors = {
            "suite": CANVASES,
            "networks": list(detection["networks"]),
            "schemes": detection.get("schemes", []),
        }
        runs = expanded([*self.layout.config["runs"], detectors])
        return [run for run in selected(runs, schemes=["blockwise"]) if run.suite != IMAGENET]


def _same_search(entry: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two entries search a network with the same blocks."""
    return entry["suite"] == other["suite"] and all(
        set(entry[key]) & set(other[key]) for key in ("networks", "blocks")
    )


def _require_without(place: Place, settings: Iterable[str], keys: Iterable[str], by: str) -> None:
    for key in settings:
        if key in keys:
            raise ConfigError((*place, key), f"is decided by {by}, so it would be ignored")
