"""What the papers state, and what came of it in a finished run."""

import argparse
import csv
from pathlib import Path

from models.command.text_table import Row, digits, json_rows, text_table
from sim.claims import Claim, claims
from sim.declared import ROOT
from sim.errors import UserError
from sim.validation import unknown

RESULTS = (ROOT / "results", ROOT / "results" / "reference")
"""Of a checkout: the last run, else the committed one."""
SUMMARY = Path("tables", "claims_summary.csv")


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb `claims`."""
    verb = verbs.add_parser("claims", help="published claims, and their verdicts in a finished run")
    verb.add_argument("--system", help="of one paper's system, such as HASS or S2TA")
    verb.add_argument("--results", type=Path, metavar="DIR", help="folder of a finished run")
    verb.add_argument("--json", action="store_true", help="for another program")
    verb.set_defaults(run=_claims)


def _claims(arguments: argparse.Namespace) -> None:
    systems = {claim.system.casefold(): claim.system for claim in claims().values()}
    system = None if arguments.system is None else systems.get(arguments.system.casefold())
    if arguments.system is not None and system is None:
        raise unknown("system", arguments.system, systems.values())
    folder = _folder(arguments.results)
    judged = {} if folder is None else _judged(folder / SUMMARY)
    rows: list[Row] = [
        {
            "claim": claim.id,
            "system": claim.system,
            "published": _published(claim),
            **judged.get(claim.id, {"here": "-", "verdict": "-"}),
            "what": _words(claim),
        }
        for claim in claims().values()
        if system in (None, claim.system)
    ]
    if arguments.json:
        print(json_rows(rows))
        return
    print(text_table(rows, {key: key for key in rows[0] if key != "system"}))
    print(f"\n{_verdicts_of(folder)}")


def _folder(given: Path | None) -> Path | None:
    if given is None:
        return next((folder for folder in RESULTS if (folder / SUMMARY).is_file()), None)
    if not (given / SUMMARY).is_file():
        raise UserError(f"{given}: no {SUMMARY} in it; give the results folder of a finished run")
    return given


def _judged(path: Path) -> dict[str, dict[str, str]]:
    """What a run gave for each claim, and the verdict."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return {
            row["claim"]: {
                "here": digits(float(row["here"])) if row["here"] else "-",
                "verdict": row["verdict"] or "-",
            }
            for row in rows
        }
    except (KeyError, ValueError, csv.Error) as error:
        raise UserError(f"{path}: not a summary of claims ({error}); make it anew") from error


def _verdicts_of(folder: Path | None) -> str:
    if folder is None:
        return "Verdicts need a finished run: --results DIR."
    return f"Verdicts of {folder}; reasons and conditions in its table claims_summary."


def _words(claim: Claim) -> str:
    over = f" over {claim.comparator}" if claim.comparator else ""
    network = f", {claim.network}" if claim.network else ""
    return f"{claim.metric} of {claim.subject}{over}{network}"


def _published(claim: Claim) -> str:
    low = digits(claim.low) if claim.low % 1 else f"{claim.low:,.0f}"
    if claim.high is None:
        return f"over {low} {claim.unit}"
    high = digits(claim.high) if claim.high % 1 else f"{claim.high:,.0f}"
    return f"{low} {claim.unit}" if claim.high == claim.low else f"{low} to {high} {claim.unit}"
