"""Every claim of every paper, beside what the mechanism gives here.

Published values beside what the mechanism gives here, with conditions, verdict and reason.
Reproduced means within 10 % of the published range.

A row is a claim and one setting. `primary` marks the setting by which the claim is judged, written
in claims.yaml before it was run; the others are a band around it. `accuracy_lost_points` is what
the masks behind the value cost against the dense network, equally fine-tuned, in INT8: the most of
the networks behind it, empty where zeros are modelled. Claims on energy have a row on either
`basis` and say in their reason what the other makes of it.
"""

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


def _row(claim: Claim, evaluation: Evaluation, lost: float | None) -> dict[str, object]:
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
        "here": evaluation.value,
        "verdict": verdict(claim, evaluation),
        "primary": bool(claim.primary) and evaluation.meets(claim.primary),
        "suite": evaluation.suite,
        "activation_source": evaluation.activation_source or None,
        "basis": evaluation.setting.get("basis"),
        "accuracy_lost_points": lost,
        "conditions": evaluation.conditions,
        "reason": _reason(claim, evaluation),
        "published_condition": claim.condition,
        "source": claim.source,
    }


def _reason(claim: Claim, evaluation: Evaluation) -> str:
    """Why the claim stands as it does, then what this value shows; said once where they agree."""
    of_value = "" if claim.why and evaluation is NOT_COVERED else evaluation.reason
    return "; ".join(filter(None, [claim.why, of_value]))


def evaluated(modules: list[str], tables: Tables) -> pd.DataFrame:
    """One row per claim and evaluation; a claim that nothing evaluates keeps a row that says so.

    Raises:
        UserError: an evaluator names a claim that no claims.yaml holds, or several values of a
            claim meet its primary condition.
    """
    known = claims()
    evaluations: dict[str, list[Evaluation]] = {name: [] for name in known}
    for module in modules:
        for identifier, evaluate in import_module(module).EVALUATORS.items():
            if identifier not in known:
                raise UserError(f"{module}: no claim {identifier!r}")
            evaluations[identifier] += evaluate(tables)
    lost = _accuracy_lost(tables)
    table = pd.DataFrame(
        _row(known[name], evaluation, _most_lost(evaluation, lost))
        for name, values in evaluations.items()
        for evaluation in values or [NOT_COVERED]
    )
    for name, count in table.groupby("claim")["primary"].sum().items():
        if count > 1:
            raise UserError(f"claim {name}: {count} values meet its primary condition; expected 1")
    return table


def _accuracy_lost(tables: Tables) -> dict[tuple[str, str, str], float]:
    """Points of top-1 that each (suite, network, scheme) lost."""
    if "accuracy" not in tables:
        return {}
    rows = tables["accuracy"].to_dict("records")
    return {
        (row["suite"], row["network"], row["scheme"]): float(row["drop_from_dense_points"])
        for row in rows
    }


def _most_lost(evaluation: Evaluation, lost: dict[tuple[str, str, str], float]) -> float | None:
    points = [lost[run] for run in evaluation.masks if run in lost]
    if evaluation.lost_points is not None:
        points.append(evaluation.lost_points)
    return max(points, default=None)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", type=Path, nargs="*", help="the tables the evaluators read")
    parser.add_argument("--modules", nargs="*", required=True, help="each with EVALUATORS")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    tables = {
        path.stem: pd.read_csv(intact(path), dtype={"layer": str}) for path in arguments.tables
    }
    write_table(evaluated(arguments.modules, tables), arguments.output)


if __name__ == "__main__":
    run(main)
