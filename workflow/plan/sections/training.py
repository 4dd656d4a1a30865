"""Sections `training` and `compression`: settings of the jobs on networks that are trained here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.imagenet.image_folders import file_digest
from workflow.plan.layout import Layout, for_network
from workflow.steps.trace_settings import TraceSettings


@dataclass(frozen=True)
class Repeatability:
    """What every job that trains is told, so that it gives the same again.

    Attributes:
        seed: of whatever it draws.
        threads: of torch; sums, hence weights, depend on their number.
    """

    seed: int
    threads: int

    def with_settings(self, *parts: Mapping[str, Any]) -> dict[str, Any]:
        """All that a job is told: this, then each part, which replaces what those before say."""
        told: dict[str, Any] = asdict(self)
        for part in parts:
            told |= part
        return told


@dataclass(frozen=True)
class Training:
    """What training, compression and trace jobs are told."""

    layout: Layout

    def repeatability(self, seeding: str = "") -> Repeatability:
        """What every job that trains is told."""
        return Repeatability(self.layout.seed(seeding), self.layout.config["threads"])

    def folder_option(self, suite: str) -> list[str]:
        """What the step is told of a suite that is read from files; nothing of others."""
        section = self.layout.config["training"][suite]
        return ["--folder", section["folder"]] if "folder" in section else []

    def files(self, suite: str) -> list[str]:
        """Files that a suite's images are read from; none where they are made here.

        Raises:
            UserError: the folder lacks one.
        """
        section = self.layout.config["training"][suite]
        if "folder" not in section:
            return []
        # Here, because it loads PyTorch, which most configurations do without.
        from models.datasets.idx import idx_files

        return [str(path) for path in idx_files(Path(section["folder"]))]

    def files_digest(self, suite: str) -> str:
        """Which state those files are in, for a rule's parameters; empty without any."""
        return "".join(file_digest(Path(path)) for path in self.files(suite))

    def settings(self, suite: str, network: str, seeding: str = "") -> dict[str, Any]:
        """Settings of a training job: the suite's recipe, then the network's own."""
        section = self.layout.config["training"][suite]
        special = section["networks"][network]
        return self.repeatability(seeding).with_settings(section["recipe"], special)

    def compression(
        self, suite: str, network: str, scheme: str, seeding: str = ""
    ) -> dict[str, Any]:
        """Settings of a compression job.

        The suite's fine-tuning, which is the same for all schemes, then the scheme's settings,
        then the scheme's for this network.
        """
        fine_tuning = self.layout.config["training"][suite].get("fine_tuning", {})
        common, of_network = for_network(self.layout.config["compression"][scheme], network)
        return self.repeatability(seeding).with_settings(fine_tuning, common, of_network)

    def tracing(self) -> TraceSettings:
        """Settings of a trace job."""
        config = self.layout.config
        return TraceSettings(images=config["trace_images"], threads=config["threads"])
