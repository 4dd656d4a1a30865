"""How much networks with real weights can lose within a budget of agreement, chosen without labels.

The views that may choose decide how far down its ladder a network goes; the pictures that judge
are run once it is decided.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import get_args

from torch import Tensor, nn

from models.compression.bisection import most_within_budget
from models.compression.repair.agreement import BATCH, logits
from models.graph.layer_table import layer_table
from models.imagenet.full_size import full_size_network
from models.imagenet.repaired import Judge, Judgement, RepairBench
from models.imagenet.settings import FullSizeSettings
from sim.errors import UserError
from sim.validation import require_choice
from workflow.search.agreement.trials import TRIALS, BudgetMethod, PruningTrial, Zeros


@dataclass(frozen=True, kw_only=True)
class BudgetPoint:
    """The furthest setting that keeps within a budget.

    Attributes:
        budget_points: of agreement with the unpruned network that may be lost where it is chosen.
        fitted_pictures, fitted_views: it is chosen on.
        fitted_same: of these views, those on which the network answers as the unpruned one.
        before, after: zeros of the unpruned network and under the setting, on the pictures that
            judge.
        judgement: of the network under the setting, on the same pictures.
        setting: by stored tensor, layer or convolution (workflow.search.agreement.trials).
    """

    budget_points: float
    fitted_pictures: int
    fitted_views: int
    fitted_same: int
    before: Zeros
    after: Zeros
    judgement: Judgement
    setting: Mapping[str, float]


class FittedAnswers:
    """What the unpruned network answers on the views that may choose.

    Args:
        module: the unpruned network.
        views: (N, C, H, W).
        most_points: of agreement that any budget allows to lose.
    """

    def __init__(self, module: nn.Module, views: Tensor, most_points: float) -> None:
        self._views = views
        self._answers = logits(module, views).argmax(1)
        self._most_other = len(views) - self.least(most_points)

    def least(self, points: float) -> int:
        """How many views must be answered alike within a budget of so many points."""
        return ceil(len(self._views) * (1 - points / 100) - 1e-9)  # 1e-9: 0.95 times 20 is 19

    def same(self, module: nn.Module) -> int:
        """Views that a network answers alike; once no budget holds the rest are not run."""
        same = 0
        for start in range(0, len(self._views), BATCH):
            if start - same > self._most_other:
                break
            answers = logits(module, self._views[start : start + BATCH]).argmax(1)
            same += int((answers == self._answers[start : start + BATCH]).sum())
        return same


class _Remembering:
    """A trial whose entries are each run once on the fitted views and once on those that judge."""

    def __init__(self, trial: PruningTrial, fitted: FittedAnswers, judge: Judge) -> None:
        self._trial, self._fitted, self._judge = trial, fitted, judge
        self._same: dict[int, int] = {}
        self._judged: dict[int, tuple[Judgement, Zeros]] = {}

    def furthest(self, points: float) -> int:
        """The last entry that keeps within a budget."""
        least = self._fitted.least(points)
        return most_within_budget(len(self._trial.ladder) - 1, lambda at: self.same(at) >= least)

    def same(self, step: int) -> int:
        """Fitted views that are answered alike."""
        if step not in self._same:
            point = self._trial.ladder[step]
            self._same[step], _ = self._trial.evaluate(point, self._fitted.same)
        return self._same[step]

    def judged(self, step: int) -> tuple[Judgement, Zeros]:
        """What the other pictures say."""
        if step not in self._judged:
            point = self._trial.ladder[step]
            self._judged[step] = self._trial.evaluate(
                point, lambda module: self._judge.judge(module, "none", "float")
            )
        return self._judged[step]


def within_budgets(
    network: str, method: BudgetMethod, settings: FullSizeSettings, budgets: Sequence[float]
) -> Iterator[BudgetPoint]:
    """The furthest settings of a trained network within some budgets, in their order.

    Args:
        network: its name.
        method: whose zeros.
        settings: with a checkpoint, pictures and a repair (which is not done).
        budgets: points of agreement, 0 to 100, at least one.

    Raises:
        UserError: as models.imagenet.repaired.RepairBench.of; an unknown method or a budget that
            is none.
    """
    require_choice("method", method, get_args(BudgetMethod))
    for points in budgets:
        if not 0 <= points <= 100:
            raise UserError(f"budget of {points!r} points; expected 0 to 100")
    bench = RepairBench.of(network, settings)
    form = settings.shape.form(network)
    shapes = full_size_network(network, settings, weights=False)
    layers = layer_table(shapes, (form.channels, form.height, form.width))
    yield from on_bench(bench, TRIALS[method](bench, layers), budgets)


def on_bench(
    bench: RepairBench, trial: PruningTrial, budgets: Sequence[float]
) -> Iterator[BudgetPoint]:
    """The furthest settings on a ladder within some budgets, in their order."""
    fitted = FittedAnswers(bench.dense.module, bench.fitted, max(budgets))
    known = _Remembering(trial, fitted, bench.judge)
    for points in budgets:
        step = known.furthest(points)
        judgement, after = known.judged(step)
        yield BudgetPoint(
            budget_points=points,
            fitted_pictures=bench.fitted_pictures,
            fitted_views=len(bench.fitted),
            fitted_same=known.same(step),
            before=known.judged(0)[1],
            after=after,
            judgement=judgement,
            setting=dict(trial.ladder[step]),
        )
