"""Sections `training` and `compression`: settings of the jobs on networks that are trained here."""

from dataclasses import dataclass
from typing import Any

from workflow.layout import Layout, as_json, for_network


@dataclass(frozen=True)
class Training:
    """What training, compression and trace jobs are told, as JSON."""

    layout: Layout

    def common(self, seeding: str = "") -> dict[str, Any]:
        """What every job that trains is told."""
        return {"seed": self.layout.seed(seeding), "threads": self.layout.config["threads"]}

    def settings(self, suite: str, network: str, seeding: str = "") -> str:
        """Settings of a training job: the suite's recipe, then the network's own."""
        chosen = self.layout.config["training"][suite]
        return as_json({**self.common(seeding), **chosen["recipe"], **chosen["networks"][network]})

    def compression(self, suite: str, network: str, scheme: str, seeding: str = "") -> str:
        """Settings of a compression job.

        The suite's fine-tuning, which is the same for all schemes, then the scheme's settings,
        then the scheme's for this network.
        """
        fine_tuning = self.layout.config["training"][suite].get("fine_tuning", {})
        chosen, own = for_network(self.layout.config["compression"][scheme], network)
        return as_json({**self.common(seeding), **fine_tuning, **chosen, **own})

    def tracing(self) -> str:
        """Settings of a trace job."""
        config = self.layout.config
        return as_json({"images": config["trace_images"], "threads": config["threads"]})
