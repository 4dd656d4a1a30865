"""Sections `training` and `compression`: settings of the jobs on networks that are trained here."""

from dataclasses import dataclass
from typing import Any

from workflow.plan.layout import Layout, for_network


@dataclass(frozen=True)
class Training:
    """What training, compression and trace jobs are told."""

    layout: Layout

    def common(self, seeding: str = "") -> dict[str, Any]:
        """What every job that trains is told."""
        return {"seed": self.layout.seed(seeding), "threads": self.layout.config["threads"]}

    def settings(self, suite: str, network: str, seeding: str = "") -> dict[str, Any]:
        """Settings of a training job: the suite's recipe, then the network's own."""
        section = self.layout.config["training"][suite]
        return {**self.common(seeding), **section["recipe"], **section["networks"][network]}

    def compression(
        self, suite: str, network: str, scheme: str, seeding: str = ""
    ) -> dict[str, Any]:
        """Settings of a compression job.

        The suite's fine-tuning, which is the same for all schemes, then the scheme's settings,
        then the scheme's for this network.
        """
        fine_tuning = self.layout.config["training"][suite].get("fine_tuning", {})
        common, of_network = for_network(self.layout.config["compression"][scheme], network)
        return {**self.common(seeding), **fine_tuning, **common, **of_network}

    def tracing(self) -> dict[str, Any]:
        """Settings of a trace job."""
        config = self.layout.config
        return {"images": config["trace_images"], "threads": config["threads"]}
