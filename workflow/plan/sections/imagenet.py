"""Section `imagenet`: networks of the papers' size, with modelled zeros or a user's checkpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.imagenet import IMAGENET
from models.imagenet.image_folders import folder_digest, has_class_folders
from workflow.plan.layout import Layout, for_network
from workflow.plan.runs import Run
from workflow.plan.sections.dataflow import Dataflow

USER_FILES = ("checkpoint", "image_folder", "classes", "blockwise_thresholds")
"""Keys of a network that name a file or folder of the user's."""


@dataclass(frozen=True)
class FullSize:
    """Networks of the papers' size."""

    layout: Layout

    def _keys(self, network: str) -> Mapping[str, Any]:
        """Keys of the section as they hold for a network."""
        common, of_network = for_network(self.layout.config["imagenet"], network)
        return {**common, **of_network}

    def settings(self, network: str, seeding: str = "") -> dict[str, Any]:
        """Settings of a network's trace: the suite's, then its own.

        A sweep's seed replaces any other.
        """
        common, of_network = for_network(self.layout.config["imagenet"], network)
        seed = {"seed": self.layout.seed(seeding)}
        return {**seed, **common, **of_network, **(seed if seeding else {})}

    def user_files(self, network: str) -> list[str]:
        """The user's files that a network's trace reads."""
        entry = self._keys(network)
        return [entry[key] for key in USER_FILES if entry.get(key)]

    def pictures_digest(self, network: str) -> str:
        """What the user's image folder holds, for a rule's parameters (its time does not say)."""
        folder = self._keys(network).get("image_folder")
        return "" if folder is None else folder_digest(Path(folder))

    def has_thresholds(self, network: str) -> bool:
        """Whether a network can be pruned blockwise.

        That takes a user's checkpoint, and thresholds or labelled images to find one on.
        """
        entry = self._keys(network)
        folder = entry.get("image_folder")
        labelled = folder is not None and has_class_folders(Path(folder))
        bounded = entry.get("blockwise_thresholds") or labelled
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
