"""Traces that share a job: one network of a suite under all schemes that a product asks for.

Starting PyTorch costs more than most traces. A job holds one network; what takes long by itself, a
network with weights of the user's, keeps a job for each scheme.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.imagenet import IMAGENET
from workflow.plan.plan import Plan
from workflow.plan.products import Products
from workflow.plan.sweeps import SEEDING

RUN = rf"(?P<suite>[^/]+?)(?P<seeding>{SEEDING})/(?P<network>[^/]+)/(?P<scheme>[^/]+?)"
READ_OR_WRITTEN = (
    rf"(?:traces|footing|sensitivity|sense_layers|sparse_blox)/{RUN}\.\w+",
    rf"(?:events|sweeps|points/[^/]+)/{RUN}/.+",
    rf"designs/{RUN}_(?:designs|layers|sensitivity)\.csv",
    rf"networks/{RUN}_densities\.csv",
)
"""Files below the results that are a trace, are made from one, or are written with one.

What a rule of other files reads is made scheme by scheme, by the rules that know no product.
"""

SEARCHED = "blockwise"
"""A scheme that waits for a search of its thresholds, for which the others should not wait."""


@dataclass(frozen=True)
class TraceJob:
    """One network of a suite under some schemes.

    Attributes:
        suite: without a seed.
        seeding: what files put behind it, where there are several seeds.
        network: its name.
        schemes: likewise.
        results: folder of all results.
    """

    suite: str
    seeding: str
    network: str
    schemes: tuple[str, ...]
    results: str

    @property
    def name(self) -> str:
        """Name of its log and benchmark."""
        return f"{self.suite}{self.seeding}.{self.network}"

    @property
    def rule(self) -> str:
        """Name of its rule, which begins with that of the rule for one scheme."""
        if self.suite == IMAGENET:
            return f"imagenet_trace{self.seeding}_{self.network}"
        return f"trace_{self.suite}{self.seeding}_{self.network}"

    @property
    def options(self) -> list[str]:
        """What the step is told of it besides files."""
        names = ["--network", self.network, "--scheme", *self.schemes]
        return ["--suite", self.suite, *names]

    @property
    def modules(self) -> list[str]:
        """Modules of the schemes, by which the zeros of a paper-size network are modelled."""
        return [f"models.compression.schemes.{scheme}" for scheme in self.schemes]

    @property
    def dataset(self) -> str:
        """File of the data that a network was trained on here."""
        return f"{self.results}/datasets/{self.suite}{self.seeding}.safetensors"

    @property
    def checkpoints(self) -> list[str]:
        """Files of the compressed network, where it was trained here."""
        return self._files("networks", ".safetensors")

    @property
    def traces(self) -> list[str]:
        """Files that it writes."""
        return self._files("traces", ".safetensors")

    @property
    def densities(self) -> list[str]:
        """Tables of the densities of paper-size networks, which it writes besides."""
        return self._files("networks", "_densities.csv")

    @property
    def metrics(self) -> list[str]:
        """What is known of paper-size networks' accuracies, which it writes besides."""
        return self._files("networks", ".json")

    def _files(self, kind: str, suffix: str) -> list[str]:
        folder = f"{self.results}/{kind}/{self.suite}{self.seeding}/{self.network}"
        return [f"{folder}/{scheme}{suffix}" for scheme in self.schemes]


def trained_traces(plan: Plan, products: Products) -> list[TraceJob]:
    """The jobs of networks that are trained here, without a scheme that is searched."""
    trained = (job for job in _jobs(plan, products) if job.suite in plan.layout.config["training"])
    rest = (
        replace(job, schemes=tuple(name for name in job.schemes if name != SEARCHED))
        for job in trained
    )
    return [job for job in rest if job.schemes]


def modelled_traces(plan: Plan, products: Products) -> list[TraceJob]:
    """The jobs of paper-size networks whose zeros are modelled."""
    return [
        job
        for job in _jobs(plan, products)
        if job.suite == IMAGENET and not plan.full_size.measured(job.network)
    ]


def _jobs(plan: Plan, products: Products) -> Iterator[TraceJob]:
    schemes: dict[tuple[str, str, str], set[str]] = {}
    for path in products.inputs:
        for suite, seeding, network, scheme in _read_or_written(plan.layout.results, path):
            schemes.setdefault((suite, seeding, network), set()).add(scheme)
    for key, names in sorted(schemes.items()):
        yield TraceJob(*key, tuple(sorted(names)), plan.layout.results)


def _read_or_written(results: str, path: str) -> Iterator[tuple[str, str, str, str]]:
    """Suite, seeding, network and scheme of the trace that a file belongs to, if to any."""
    for pattern in READ_OR_WRITTEN:
        if match := re.fullmatch(f"{re.escape(results)}/{pattern}", path):
            yield match["suite"], match["seeding"], match["network"], match["scheme"]
