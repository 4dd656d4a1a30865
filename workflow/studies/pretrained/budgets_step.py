"""Prune the activations of one trained network as far as budgets of agreement allow, and judge it.

`--scheme` is whose zeros they are (workflow.search.agreement.trials). Of the pictures one half
chooses, the other judges.
"""

from collections.abc import Iterator, Mapping, Sequence

from models.imagenet.settings import FullSizeSettings
from workflow.cli import run
from workflow.search.agreement.choice import BudgetPoint, within_budgets
from workflow.search.agreement.trials import BudgetMethod
from workflow.studies.pretrained.judging_step import judging_command


def budgets(
    network: str,
    method: BudgetMethod,
    settings: FullSizeSettings,
    values: Mapping[str, Sequence[float]],
) -> Iterator[BudgetPoint]:
    """The furthest settings within the budgets that `values` lists as its points."""
    return within_budgets(network, method, settings, values["points"])


def main() -> None:
    """Run what the command line asks for."""
    judging_command(budgets, __doc__)


if __name__ == "__main__":
    run(main)
