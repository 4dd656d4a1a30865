"""Write the traces of one full-size network under some compression schemes.

With a checkpoint in the settings, weights and activations are measured on the user's images (or the
bundled photographs); without one they are modelled. With `repair` in the settings as well, the
pruned network is repaired on one half of the images and judged on the other; with a `train_folder`
it is fine-tuned.
"""

import argparse
import csv
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from models.imagenet import IMAGENET
from models.imagenet.densities.tables import LayerDensities
from models.imagenet.fine_tuned import fine_tuned_trace
from models.imagenet.measured import Top1, measured_trace
from models.imagenet.modelled import ModelledNetwork
from models.imagenet.repaired import Judgement, repaired_trace
from models.imagenet.settings import FullSizeSettings
from sim import NetworkTrace, UserError, write_trace
from workflow.cli import json_object, run, whole_file
from workflow.steps.several import one_each, tracing

COLUMNS = (
    "suite",
    "network",
    "scheme",
    "layer",
    "operand",
    "target_density",
    "status",
    "source",
    "density",
)


def density_rows(
    trace: NetworkTrace, aimed: dict[str, LayerDensities] | None
) -> Iterator[tuple[object, ...]]:
    """One row per layer and operand: the density aimed at, its source, and the one reached.

    The tables' weight densities are what magnitude pruning leaves; other schemes set their own, so
    there the target is empty. Measured traces have no targets.
    """
    origin = trace.provenance
    for entry in trace.traces:
        name = entry.layer.name
        head = (origin.suite, origin.network, origin.scheme, name)
        weight: tuple[object, ...] = (None, "scheme", f"scheme {origin.scheme}")
        activation: tuple[object, ...] = (None, "measured", origin.data)
        if aimed is None:
            weight = activation
        else:
            goal = aimed[name].activation
            activation = (goal.value, goal.status, goal.source)
            if origin.scheme == "magnitude" or entry.layer.is_product:
                goal = aimed[name].weight
                weight = (goal.value, goal.status, goal.source)
        yield (*head, "weight", *weight, entry.weight_density)
        yield (*head, "activation", *activation, entry.activation_density)


@dataclass(frozen=True)
class Made:
    """A trace and what is known of it.

    Attributes:
        trace: what the step is for.
        aimed: densities aimed at, if zeros are modelled.
        top1: before and after the scheme, where labelled images were given.
        judgements: of a repaired network at each step.
    """

    trace: NetworkTrace
    aimed: dict[str, LayerDensities] | None = None
    top1: Top1 | None = None
    judgements: tuple[Judgement, ...] = ()

    @property
    def metrics(self) -> dict[str, Any]:
        """Provenance, and the accuracies as far as they are known."""
        top1 = None if self.top1 is None else asdict(self.top1)
        judged = [asdict(entry) for entry in self.judgements]
        return asdict(self.trace.provenance) | {"top1": top1, "judgements": judged}


class Maker:
    """Makes traces of one network in the way that the settings ask for.

    Modelled ones share what no scheme changes; a training is kept in `state`.
    """

    def __init__(
        self, suite: str, network: str, settings: FullSizeSettings, state: Path | None = None
    ) -> None:
        self._suite, self._network, self._settings, self._state = suite, network, settings, state
        self._modelled = ModelledNetwork(network, settings)

    def make(self, scheme: str) -> Made:
        """The trace under one scheme, with what is known of it."""
        network, settings = self._network, self._settings
        if settings.inputs.checkpoint is None:
            modelled = self._modelled.trace(scheme)
            return Made(modelled.trace, modelled.densities)
        tuned = settings.training.folder is not None
        if tuned and not settings.scheme(scheme).after_rounding:
            measured = fine_tuned_trace(network, scheme, settings, self._state)
            return Made(measured.trace, top1=measured.top1)
        if settings.pictures.repair is None:
            measured = measured_trace(network, scheme, settings)
            return Made(measured.trace, top1=measured.top1)
        repaired = repaired_trace(network, scheme, settings, self._suite)
        return Made(repaired.trace, judgements=repaired.judgements)


@dataclass(frozen=True)
class Files:
    """Where a trace is written, and what is known of it if asked for."""

    trace: Path
    densities: Path | None
    metrics: Path | None

    def write(self, made: Made) -> None:
        """Write them, the trace last."""
        if self.densities:
            with (
                whole_file(self.densities) as temporary,
                temporary.open("w", encoding="utf-8", newline="") as file,
            ):
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(COLUMNS)
                writer.writerows(density_rows(made.trace, made.aimed))
        if self.metrics:
            with whole_file(self.metrics) as temporary:
                temporary.write_text(json.dumps(made.metrics, indent=1) + "\n")
        write_trace(self.trace, made.trace)


def _files(arguments: argparse.Namespace) -> list[Files]:
    """The files of each scheme.

    Raises:
        UserError: another number of them than of schemes, or fine-tuning of several in one place.
    """
    schemes = arguments.scheme
    traces = one_each("output", arguments.output, schemes, "schemes")
    known = [
        one_each(option, paths, schemes, "schemes") if paths else [None] * len(schemes)
        for option, paths in (("densities", arguments.densities), ("metrics", arguments.metrics))
    ]
    if arguments.state and len(schemes) > 1:
        raise UserError(f"--state keeps one training; expected one scheme, not {len(schemes)}")
    return [Files(*row) for row in zip(traces, *known, strict=True)]


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", default=IMAGENET, help="name of the suite in the trace")
    parser.add_argument("--network", required=True)
    parser.add_argument("--scheme", nargs="+", required=True, help="one or several")
    parser.add_argument("--settings", default="{}", help="JSON object (models.imagenet.settings)")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="one for each scheme")
    parser.add_argument("--densities", type=Path, nargs="+", help="CSV: aimed at and reached")
    parser.add_argument("--metrics", type=Path, nargs="+", help="JSON: top-1, before and after")
    parser.add_argument("--state", type=Path, help="where fine-tuning is kept while it runs")
    arguments = parser.parse_args()
    files = _files(arguments)
    settings = FullSizeSettings.of(json_object(arguments.settings))
    torch.set_num_threads(1)  # sums, hence zeros, depend on the number of threads
    maker = Maker(arguments.suite, arguments.network, settings, arguments.state)
    for scheme, place in zip(arguments.scheme, files, strict=True):
        with tracing(f"{arguments.network} under {scheme}", arguments.scheme):
            place.write(maker.make(scheme))
    if arguments.state:
        arguments.state.unlink(missing_ok=True)


if __name__ == "__main__":
    run(main)
