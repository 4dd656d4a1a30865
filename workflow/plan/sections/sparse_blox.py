"""Section `sparse_blox`: the networks whose zero blocks are counted and skipped."""

from dataclasses import dataclass

from models.imagenet import IMAGENET
from sim.accelerators.sparse_blox.baselines import BASELINES
from workflow.plan.layout import Layout
from workflow.plan.runs import Run, selected
from workflow.plan.sections.detection import Detectors
from workflow.plan.sections.imagenet import FullSize

SCHEMES = ("dense", "blockwise")
DESIGNS = (*BASELINES, *BASELINES.values())
"""Configurations with a zero map, then those without; they share tables."""


@dataclass(frozen=True)
class BlockSkipping:
    """The runs on which designs with and without a zero map stand beside each other."""

    layout: Layout

    @property
    def networks(self) -> list[str]:
        """Networks of the papers' size."""
        return list(self.layout.config["sparse_blox"]["full_size_networks"])

    def runs(self) -> list[Run]:
        """(suite, network, scheme) of each, trained here, of the papers' size, or detectors."""
        full_size = FullSize(self.layout)
        return sorted(
            {
                *self.layout.runs(schemes=SCHEMES),
                *(
                    Run(IMAGENET, network, scheme)
                    for network in self.networks
                    for scheme in SCHEMES
                    if scheme == "dense" or full_size.has_thresholds(network)
                ),
                *selected(Detectors(self.layout).runs(), schemes=SCHEMES),
            }
        )

    def traces(self) -> list[str]:
        """Trace files of all runs."""
        return self.layout.of_runs("traces", self.runs(), ".safetensors")

    def files(self) -> list[str]:
        """Event files of all designs, one for each run."""
        return self.layout.of_runs("sparse_blox", self.runs())

    def sweep_files(self) -> list[str]:
        """Event files with every parameter varied, of the first network as it stands."""
        return [
            f"{self.layout.results}/sweeps/{IMAGENET}/{network}/dense/{design}.csv"
            for network in self.networks[:1]
            for design in DESIGNS
        ]
