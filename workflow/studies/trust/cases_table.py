"""Every model against every outside oracle, case by case: what each gives, and the relative error.

Runs in seconds; masks are random where an oracle states densities only, with fixed seeds.
"""

import argparse
from pathlib import Path

import pandas as pd

from sim.declared import data_files, modules_by_name
from workflow.cli import run
from workflow.studies.trust.oracles import CHECKS
from workflow.tabling.shared import write_table

modules_by_name("sim.accelerators.*.model")
data_files("sim/accelerators/*/configs.yaml")


def trust_cases() -> pd.DataFrame:
    """One row per case of every check."""
    return pd.concat([check.cases() for check in CHECKS], ignore_index=True)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    write_table(trust_cases(), parser.parse_args().output)


if __name__ == "__main__":
    run(main)
