"""Both sides of a threshold search: a trained network, and a board for its zeros."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from models.training import repeatable
from models.trials.thresholded import LayerThresholds, ThresholdedNetwork
from sim.accelerators.hass.exact import BalancedDesign, balanced
from sim.accelerators.hass.model import design
from sim.platforms import platform
from workflow.search.engine import Evaluate, Outcome, Point
from workflow.search.hass.designs import SUBJECT, dataflow, pair_sparsity
from workflow.search.hass.objective import Figures
from workflow.search.hass.settings import SearchSettings
from workflow.search.hass.space import Space, Strategy, ThresholdSearch
from workflow.trained import dataset_of, network_of, trained_checkpoint

UNPRUNED = LayerThresholds({}, {})


@dataclass(frozen=True)
class SearchedNetwork:
    """What is searched: enough for a worker process to begin.

    Attributes:
        checkpoint: of the train step.
        data: images of the suite as a file; None = draw them again.
    """

    suite: str
    network: str
    checkpoint: Path
    data: Path | None
    settings: SearchSettings


class Bench:
    """The network and the board of a search, ready to evaluate."""

    def __init__(self, subject: SearchedNetwork) -> None:
        settings = subject.settings
        checkpoint = trained_checkpoint(subject.checkpoint)
        module = network_of(checkpoint, subject.network)
        checkpoint.fill(module)
        dataset = dataset_of(checkpoint, subject.suite, subject.data)
        with repeatable(0, settings.threads):
            self.network = ThresholdedNetwork(
                module, dataset, settings.sample_images, settings.trace_images
            )
        self.settings = settings
        self.board = platform(settings.platform)
        self.hardware = dataflow(SUBJECT)
        self.space = Space(self.network.weight_names, self.network.activation_names)
        self.accuracy_cpu_s = self.cost_cpu_s = 0.0
        self.base = self.evaluate(UNPRUNED)

    def evaluate(self, thresholds: LayerThresholds) -> Figures:
        """One point: accuracy on the samples, and the design for the zeros that occur."""
        start = time.process_time()
        with repeatable(0, self.settings.threads):
            measured = self.network.evaluate(thresholds)
        middle = time.process_time()
        best = design(measured.traces, self.hardware, self.board, self.settings.limits)
        sparsity = pair_sparsity(measured.traces, best)
        self.accuracy_cpu_s += middle - start
        self.cost_cpu_s += time.process_time() - middle
        return Figures(measured.accuracy_percent, sparsity, best.images_per_second, best.dsp)

    def test_accuracy_percent(self, thresholds: LayerThresholds) -> float:
        """Top-1 on images that neither training nor search has seen."""
        with repeatable(0, self.settings.threads):
            return self.network.test_accuracy_percent(thresholds)

    @cached_property
    def base_test_accuracy_percent(self) -> float:
        """Top-1 of the unpruned network on the test images."""
        return self.test_accuracy_percent(UNPRUNED)

    def designs(
        self, thresholds: LayerThresholds, names: Sequence[str]
    ) -> Mapping[str, tuple[BalancedDesign, float]]:
        """Design and pair sparsity at some thresholds, by configuration; exact counts balanced.

        The search itself goes by averages: balancing takes several explorations.
        """
        with repeatable(0, self.settings.threads):
            traces = self.network.evaluate(thresholds).traces
        results = {}
        for name in names:
            hardware = dataflow(name)
            best = balanced(traces, hardware, self.board, self.settings.limits)
            results[name] = (best, pair_sparsity(traces, best.design))
        return results


def begin(subject: SearchedNetwork, strategy: Strategy) -> Evaluate:
    """What evaluates the points of a strategy in a worker process."""
    bench = Bench(subject)
    return evaluator(bench, ThresholdSearch(subject.settings, strategy, bench.space))


def evaluator(bench: Bench, search: ThresholdSearch) -> Evaluate:
    """What evaluates the points of a search."""
    objective = search.objective(bench.base)

    def evaluate(point: Point) -> Outcome:
        unpruned = not any(point.values())  # measured already
        figures = bench.base if unpruned else bench.evaluate(search.space.thresholds(point))
        return Outcome((objective(figures),), asdict(figures))

    return evaluate
