"""Every claim of every paper, beside what the mechanism gives here."""

import argparse
from importlib import import_module
from pathlib import Path

import pandas as pd

from sim import UserError
from sim.claims import Claim, claims
from sim.files import intact
from workflow.cli import run
from workflow.studies.claims.verdict import Evaluation, Tables, verdict
from workflow.tabling.shared import write_table

NOT_COVERED = Evaluation(
    None, "-", "", "-", "nothing that this configuration runs gives a value for this claim"
)


def _row(claim: Claim, evaluation: Evaluation) -> dict[str, object]:
    return {
        "claim": claim.id,
        "system": claim.system,
        "metric": claim.metric,
        "subject": claim.subject,
        "comparator": claim.comparator,
        "published_network": claim.network,
        "unit": claim.unit,
        "published_low": claim.low,
        "published_high": claim.high,
        "reproduced": evaluation.value,
        "verdict": verdict(claim, evaluation),
        "suite": evaluation.suite,
        "activation_source": evaluation.activation_source or None,
        "conditions": evaluation.conditions,
        "reason": evaluation.reason,
        "published_condition": claim.condition,
        "source": claim.source,
    }


def evaluated(modules: list[str], tables: Tables) -> pd.DataFrame:
    """One row per claim and evaluation; a claim that nothing evaluates keeps a row that says so.

    Raises:
        UserError: an evaluator names a claim that no claims.yaml holds.
    """
    known = claims()
    found: dict[str, list[Evaluation]] = {name: [] for name in known}
    for module in modules:
        for identifier, evaluate in import_module(module).EVALUATORS.items():
            if identifier not in known:
                raise UserError(f"{module}: no claim {identifier!r}")
            found[identifier] += evaluate(tables)
    return pd.DataFrame(
        _row(known[name], evaluation)
        for name, evaluations in found.items()
        for evaluation in evaluations or [NOT_COVERED]
    )


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", type=Path, nargs="+", help="the tables the evaluators read")
    parser.add_argument("--modules", nargs="+", required=True, help="each with EVALUATORS")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    tables = {path.stem: pd.read_csv(intact(path)) for path in arguments.tables}
    write_table(evaluated(arguments.modules, tables), arguments.output)


if __name__ == "__main__":
    run(main)
