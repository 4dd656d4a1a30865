"""Section `imagenet`: networks of the papers' size, with modelled zeros or a user's checkpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.imagenet import IMAGENET
from workflow.plan.layout import Layout, for_network
from workflow.plan.runs import Run
from workflow.plan.sections.dataflow import Dataflow

USER_FILES = ("checkpoint", "image_folder", "blockwise_thresholds")
"""Keys of a network that name a file or folder of the user's."""


@dataclass(frozen=True)
class FullSize:
    """Networks of the papers' size."""

    layout: Layout

    @property
    def _networks(self) -> Mapping[str, Mapping[str, Any]]:
        networks: Mapping[str, Mapping[str, Any]] = self.layout.config["imagenet"]["networks"]
        return networks

    def settings(self, network: str, seeding: str = "") -> dict[str, Any]:
        """Settings of a network's trace: the suite's, then its own.

        A sweep's seed replaces any other.
        """
        common, of_network = for_network(self.layout.config["imagenet"], network)
        seed = {"seed": self.layout.seed(seeding)}
        return {**seed, **common, **of_network, **(seed if seeding else {})}

    def user_files(self, network: str) -> list[str]:
        """The user's files that a network's trace reads."""
        entry = self._networks.get(network, {})
        return [entry[key] for key in USER_FILES if entry.get(key)]

    def has_thresholds(self, network: str) -> bool:
        """Whether a network can be pruned blockwise.

        That takes a user's checkpoint, and thresholds or images to find one on.
        """
        entry = self._networks.get(network, {})
        bounded = entry.get("blockwise_thresholds") or entry.get("image_folder")
        return bool(entry.get("checkpoint") and bounded)

    def runs(self) -> list[Run]:
        """(suite, network, scheme) of each configured run."""
        return self.layout.runs(suites=[IMAGENET])

    def block_runs(self) -> list[Run]:
        """Runs that are traced besides, for their zero blocks."""
        networks = self.layout.config["sparse_blox"]["full_size_networks"]
        return [(IMAGENET, network, "dense") for network in networks]

    def densities(self) -> list[str]:
        """Files of where the densities of all traced networks come from."""
        on_boards = Dataflow(self.layout).runs([IMAGENET])
        runs = dict.fromkeys([*self.runs(), *on_boards, *self.block_runs()])
        return self.layout.of_runs("networks", runs, "_densities.csv")
