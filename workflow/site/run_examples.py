"""Run the scripts of examples/ as they stand, and keep what they print and draw.

In the checkout there is no package called sparsebench; a small start-up gives them the same names.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from sim.declared import ROOT
from sim.errors import UserError
from workflow.cli import run
from workflow.site.examples import Example, examples

START = """
import runpy, sys
import models.door, sim
sys.modules["sparsebench"], sys.modules["sparsebench.sim"] = models.door, sim
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
LIMIT_S = 120
"""Seconds until an example counts as hung."""


def run_example(example: Example, figure: Path) -> str:
    """What an example prints; its figure is written to a file.

    Raises:
        UserError: it fails; the message has the last line of what it wrote.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "svg",
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", START, str(example.path), str(figure)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=LIMIT_S,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise UserError(f"{example.path.name} fails: {lines[-1]}")
    return done.stdout


def main() -> None:
    """Run what the command line asks for."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    for example in examples():
        example.printed.parent.mkdir(exist_ok=True)
        example.printed.write_text(run_example(example, example.drawn), encoding="utf-8")


if __name__ == "__main__":
    run(main)
