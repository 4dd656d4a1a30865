"""Section `imagenet`: networks of the papers' size, with modelled zeros or a user's checkpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.imagenet import IMAGENET
from models.imagenet.image_folders import file_digest, folder_digest, has_class_folders
from sim.errors import UserError
from sim.validation import shown
from workflow.plan.config_errors import ConfigError, Place
from workflow.plan.layout import Layout, for_network
from workflow.plan.name_checks import made_runs
from workflow.plan.runs import Run
from workflow.plan.sections.dataflow import Dataflow

FOLDERS = ("image_folder", "more_pictures", "train_folder")
USER_FILES = ("checkpoint", "classes", "blockwise_thresholds", "densities_file", *FOLDERS)
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

    def inputs_digest(self, network: str) -> str:
        """Which state the user's files and folders are in, for a rule's parameters.

        Times of folders do not say what happened below, and a file may be replaced by an older one.
        """
        entry = self._keys(network)
        return " ".join(
            folder_digest(Path(entry[key])) if key in FOLDERS else file_digest(Path(entry[key]))
            for key in USER_FILES
            if entry.get(key)
        )

    def measured(self, network: str) -> bool:
        """Whether a network's zeros are measured on a user's weights, not modelled."""
        return self._keys(network).get("checkpoint") is not None

    def same_under_every_seed(self, run: Run) -> str | None:
        """Why another seed would change nothing about a run; None if it would."""
        measured = self.measured(run.network) and not self._fine_tuned(run.network)
        if run.suite != IMAGENET or not measured:
            return None
        return (
            f"{run.network} has a checkpoint, so its zeros are measured and every seed gives "
            "the same"
        )

    def check(self) -> None:
        """Every file and folder of the user's that a trace reads is there, with pictures that fit.

        Raises:
            ConfigError: names the key, and the file or what does not fit.
        """
        for network in ["", *sorted({network for _, network, _ in made_runs(self.layout.config)})]:
            entry = self._keys(network)
            of_network = self.layout.config["imagenet"]["networks"].get(network, {})
            for key in USER_FILES:
                path = entry.get(key)
                if path is None:
                    continue
                below = ("networks", network, key) if key in of_network else (key,)
                _check_there(("imagenet", *below), Path(path), folder=key in FOLDERS)
            if network:
                self._check_pictures(network, entry, of_network)

    def _check_pictures(
        self, network: str, entry: Mapping[str, Any], of_network: Mapping[str, Any]
    ) -> None:
        """Pictures are as many, and in as many class folders, as the trace takes."""
        from models.imagenet.settings import FullSizeSettings
        from models.imagenet.trace_pictures import check_pictures  # which loads PyTorch
        from models.imagenet.training_pictures import check_training

        settings = FullSizeSettings.of({"seed": 0, **entry})
        key = "images" if entry.get("image_folder") is None else "image_folder"
        try:
            check_pictures(network, settings)
            if settings.training.folder is not None:
                key = "train_folder"
                check_training(network, settings)
        except UserError as error:
            below = ("networks", network, key) if key in of_network else (key,)
            raise ConfigError(("imagenet", *below), str(error)) from error

    def check_devices(self) -> None:
        """Networks that are to be fine-tuned on a GPU have one, where the jobs run here.

        Raises:
            ConfigError: names the key.
        """
        from models.imagenet.settings import FullSizeSettings

        for network in self.fine_tuned(on_gpu=True):
            try:
                _ = FullSizeSettings.of({"seed": 0, **self._keys(network)}).training.hardware.place
            except UserError as error:
                of_network = self.layout.config["imagenet"]["networks"].get(network, {})
                below = ("networks", network, "device") if "device" in of_network else ("device",)
                raise ConfigError(("imagenet", *below), str(error)) from error

    def _fine_tuned(self, network: str) -> bool:
        return self._keys(network).get("train_folder") is not None

    def fine_tuned(self, *, on_gpu: bool) -> list[str]:
        """Networks that are fine-tuned on the user's pictures: those that ask for a GPU, or not."""
        return [
            name
            for name in sorted({network for _, network, _ in made_runs(self.layout.config)})
            if self._fine_tuned(name) and (self._keys(name).get("device", "cpu") != "cpu") == on_gpu
        ]

    def threads(self, network: str) -> int:
        """Threads of a job of a network."""
        tuned = self._fine_tuned(network)
        return int(self._keys(network).get("fine_tune_threads", 1)) if tuned else 1

    def state_option(self, network: str, scheme: str, seeding: str = "") -> list[str]:
        """The option that says where fine-tuning is kept while it runs; none without."""
        if not self._fine_tuned(network):
            return []
        folder = f"{self.layout.results}/fine_tuning/{IMAGENET}{seeding}/{network}"
        return ["--state", f"{folder}/{scheme}.safetensors"]

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
        return [Run(IMAGENET, network, "dense") for network in networks]

    def densities(self) -> list[str]:
        """Files of where the densities of all traced networks come from."""
        on_boards = Dataflow(self.layout).runs([IMAGENET])
        runs = dict.fromkeys([*self.layout.every_run([IMAGENET]), *on_boards, *self.block_runs()])
        return self.layout.of_runs("networks", runs, "_densities.csv")


def _check_there(place: Place, path: Path, folder: bool) -> None:
    if not path.exists():
        raise ConfigError(place, f"{shown(str(path))}: no such file; paths begin at {Path.cwd()}")
    if path.is_dir() != folder:
        is_a, expected = ("folder", "file") if path.is_dir() else ("file", "folder")
        raise ConfigError(place, f"{shown(str(path))} is a {is_a}; expected a {expected}")
