"""What the common footing changes in each design: parameter by parameter, with the reason."""

import argparse
from pathlib import Path

import pandas as pd

from sim.declared import data_files
from sim.footing import Footing, footing
from sim.registry import configuration
from workflow.cli import run
from workflow.tabling.shared import write_table

data_files("sim/accelerators/*/configs.yaml")


def footing_designs(common: Footing) -> pd.DataFrame:
    """One row per design and parameter that the footing sets; `differs` as in table footing."""
    rows = []
    for name, design in common.designs.items():
        configured = configuration(name)
        for parameter, override in design.overrides.items():
            row = {"accelerator": name, "parameter": parameter}
            row["as_configured"] = str(configured.parameters[parameter].value)
            for size, value in enumerate(override.values):
                row[common.label(size)] = str(value)
            row["unit"] = configured.parameters[parameter].unit
            rows.append(row | {"reason": override.reason, "differs": design.differs})
    return pd.DataFrame(rows)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    write_table(footing_designs(footing()), parser.parse_args().output)


if __name__ == "__main__":
    run(main)
