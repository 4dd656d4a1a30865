"""Simulations that share a job: one design on all runs of a suite that a product asks for.

Starting a job costs more than most simulations. A job holds one design, so that a change of a
design's model makes its own results again and no other's; or the designs of one folder, which
change together.
"""

from dataclasses import dataclass

from workflow.plan.digest import Digests
from workflow.plan.layout import Layout
from workflow.plan.products import Products
from workflow.plan.sections.sparse_blox import DESIGNS


@dataclass(frozen=True)
class Simulation:
    """A kind of tables that is made from traces alone.

    Attributes:
        rule: beginning of the names of its rules; folder of their logs and benchmarks.
        module: the step.
        options: of the step.
        designs: those that share a table; none where each has a table of its own, or the step knows
            its designs.
    """

    rule: str
    module: str = "workflow.steps.simulate"
    options: tuple[str, ...] = ()
    designs: tuple[str, ...] = ()


SIMULATIONS = {
    "events": Simulation("simulate"),
    "sweeps": Simulation("sweep", options=("--sweep",)),
    "sense_layers": Simulation("sense_layers", "workflow.studies.sense.layers_step"),
    "sparse_blox": Simulation("sparse_blox", designs=DESIGNS),
}
"""By folder of results."""


@dataclass(frozen=True)
class Batch:
    """One design, or those that share a table, on some runs of a suite.

    Attributes:
        kind: folder of the tables.
        suite: as files call it, with the seed where there are several.
        accelerator: the design; empty where tables hold several.
        runs: its traces and tables, `<network>/<scheme>`.
        results: folder of all results.
    """

    kind: str
    suite: str
    accelerator: str
    runs: tuple[str, ...]
    results: str

    @property
    def simulation(self) -> Simulation:
        """What is made."""
        return SIMULATIONS[self.kind]

    @property
    def rule(self) -> str:
        """Name of its rule."""
        return "_".join(filter(None, [self.simulation.rule, self.suite, self.accelerator]))

    @property
    def file(self) -> str:
        """Log or benchmark within the folder of either, without its ending."""
        name = ".".join(filter(None, [self.suite, self.accelerator]))
        return f"{self.simulation.rule}/{name}"

    @property
    def options(self) -> list[str]:
        """What the step is told besides files."""
        designs = [self.accelerator] if self.accelerator else [*self.simulation.designs]
        return [*self.simulation.options, *(["--accelerator", *designs] if designs else [])]

    @property
    def traces(self) -> list[str]:
        """Files that it reads."""
        return [f"{self.results}/traces/{self.suite}/{run}.safetensors" for run in self.runs]

    @property
    def tables(self) -> list[str]:
        """Files that it writes, one for each trace."""
        folder = f"{self.results}/{self.kind}/{self.suite}"
        below = f"/{self.accelerator}" if self.accelerator else ""
        return [f"{folder}/{run}{below}.csv" for run in self.runs]

    def code(self, digests: Digests) -> str:
        """Digest of the step and, beside it, of the designs that it is told to run."""
        named = self.accelerator or next(iter(self.simulation.designs), "")
        return digests.simulation(named) if named else digests.code(self.simulation.module)


def batches(layout: Layout, products: Products) -> list[Batch]:
    """What has to be simulated for some products, by kind, suite and design."""
    runs: dict[tuple[str, str, str], set[str]] = {}
    for path in products.inputs:
        kind, *below = path.removeprefix(f"{layout.results}/").removesuffix(".csv").split("/")
        if kind in SIMULATIONS and path.startswith(f"{layout.results}/"):
            suite, network, scheme, *design = below
            key = (kind, suite, "".join(design))
            runs.setdefault(key, set()).add(f"{network}/{scheme}")
    return [Batch(*key, tuple(sorted(runs[key])), layout.results) for key in sorted(runs)]
