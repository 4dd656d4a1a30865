"""Simulations that share a job: one design on all runs of a suite that a product asks for.

Starting a job costs more than most simulations. A job holds one design, so that a change of a
design's model makes its own results again and no other's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.plan.layout import Layout
from workflow.plan.products import Products


@dataclass(frozen=True)
class Batch:
    """One design on some runs of a suite.

    Attributes:
        suite: as files call it, with the seed where there are several.
        accelerator: the design.
        runs: its traces and tables of events, `<network>/<scheme>`.
        results: folder of all results.
    """

    suite: str
    accelerator: str
    runs: tuple[str, ...]
    results: str

    @property
    def rule(self) -> str:
        """Name of its rule."""
        return f"simulate_{self.suite}_{self.accelerator}"

    @property
    def traces(self) -> list[str]:
        """Files that it reads."""
        return [f"{self.results}/traces/{self.suite}/{run}.safetensors" for run in self.runs]

    @property
    def events(self) -> list[str]:
        """Files that it writes, one for each trace."""
        folder = f"{self.results}/events/{self.suite}"
        return [f"{folder}/{run}/{self.accelerator}.csv" for run in self.runs]


def batches(layout: Layout, products: Products) -> list[Batch]:
    """What has to be simulated for some products, by suite and design."""
    folder = f"{layout.results}/events/"
    runs: dict[tuple[str, str], set[str]] = {}
    for path in _inputs(products):
        if path.startswith(folder):
            suite, *run, name = path.removeprefix(folder).removesuffix(".csv").split("/")
            runs.setdefault((suite, name), set()).add("/".join(run))
    return [Batch(*key, tuple(sorted(runs[key])), layout.results) for key in sorted(runs)]


def _inputs(products: Products) -> Iterable[str]:
    for table in products.tables:
        yield from table.inputs
    for figure in products.figures:
        yield from figure.inputs
