"""An accelerator is two folders and two lines: simulated, tabled, drawn, claimed, on the footing.

The toy lies in folders of its own in a copy of the tree; outside them its name stands in the list
of compared accelerators and in the designs of the footing, nowhere else.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.workflow.running import TINY

ROOT = Path(__file__).parents[3]
FILES: Mapping[str, str] = {
    "sim/accelerators/toy/__init__.py": "",
    "sim/accelerators/toy/model.py": '''
"""A toy: the ideal dense array by another name."""

from dataclasses import dataclass

from sim.accelerators.dense.model import DenseIdeal


@dataclass(frozen=True)
class Toy(DenseIdeal):
    """As `DenseIdeal`."""
''',
    "sim/accelerators/toy/claims.yaml": """
- id: toy-speedup
  system: toy
  metric: speedup
  subject: toy
  comparator: ideal dense array
  network: LeNet-5
  unit: x
  low: 1
  high: 1
  condition: ""
  source: the toy's README
  neutral: 1
  networks: [lenet5]
  primary: {suite: digits, network: lenet5}
""",
    "workflow/studies/toy/study.py": '''
"""The toy beside the ideal dense array."""

from workflow.plan.plan import Plan
from workflow.plan.products import Claims, Figure, Study, Table


def study(plan: Plan) -> Study:
    """One table, one figure, one claim."""
    events = plan.layout.events(["toy", "dense_ideal"], schemes=["dbb"])
    return Study(
        "Toy",
        [Table("toy", "toy_table", events)],
        [Figure("toy", "toy_figure", ["toy"])],
        [Claims("claims", ["toy"])],
    )
''',
    "workflow/studies/toy/toy_table.py": '''
"""Cycles of the toy and of the ideal dense array."""

import pandas as pd

from workflow.tabling.shared import RUN, events_command, totals


def toy(events: pd.DataFrame) -> pd.DataFrame:
    """A row per run and accelerator."""
    return totals(events, [*RUN, "accelerator"])[[*RUN, "accelerator", "cycles"]]


if __name__ == "__main__":
    events_command(toy, __doc__)
''',
    "workflow/studies/toy/toy_figure.py": '''
"""Cycles, a bar per accelerator."""

import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.shared import figure_command


def draw(toy: pd.DataFrame) -> Figure:
    """Bars."""
    figure = Figure()
    figure.subplots().bar(toy["accelerator"], toy["cycles"])
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
''',
    "workflow/studies/toy/claims.py": '''
"""The toy's claim."""

from workflow.studies.claims.verdict import Evaluation, Evaluator, Tables


def speedup(tables: Tables) -> list[Evaluation]:
    """Cycles of the ideal dense array over the toy's."""
    cycles = tables["toy"].set_index("accelerator")["cycles"]
    ratio = float(cycles["dense_ideal"] / cycles["toy"])
    setting = {"network": "lenet5"}
    runs = (("digits", "lenet5", "dbb"),)
    return [
        Evaluation(
            ratio, "digits", "measured", "all layers", "same array", setting=setting, masks=runs
        )
    ]


EVALUATORS: dict[str, Evaluator] = {"toy-speedup": speedup}
''',
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with the toy in it."""
    root = tmp_path_factory.mktemp("tree")
    for name in ("sim", "models", "workflow", "config"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("Snakefile", "requirements.lock"):
        shutil.copy(ROOT / name, root)
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.lstrip())
    configured = yaml.safe_load((root / "sim/accelerators/dense/configs.yaml").read_text())
    toy = {**configured["dense_ideal"], "model": "Toy", "title": "toy"}
    (root / "sim/accelerators/toy/configs.yaml").write_text(yaml.safe_dump({"toy": toy}))
    # The two lines outside its folders.
    config = root / "config/config.yaml"
    config.write_text(config.read_text().replace("accelerators: [sa, ", "accelerators: [toy, sa, "))
    designs = root / "sim/footing/designs.yaml"
    entry = "{scheme: dbb, overrides: {multipliers: {value: [1024, 2048], reason: as many}}}"
    designs.write_text(designs.read_text().replace("\ndesigns:\n", f"\ndesigns:\n  toy: {entry}\n"))
    (root / "change.yaml").write_text(yaml.safe_dump(TINY))
    return root


def snakemake(tree: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--configfile", "change.yaml"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(  # noqa: S603
        [*command, *arguments],
        cwd=tree,
        text=True,
        capture_output=True,
        env={**os.environ, "PATH": path},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


PLANNED = """
import json, yaml
from pathlib import Path
from workflow.plan.check_config import check_config
from workflow.plan.plan import Plan
from workflow.plan.products import products

config = yaml.safe_load(Path("config/config.yaml").read_text())
check_config(config, with_settings=False)
plan = Plan(config, Path.cwd())
made = products(plan)
(table,) = (table for table in made.tables if table.name == "toy")
(figure,) = (figure for figure in made.figures if figure.name == "toy")
(claims,) = (table for table in made.tables if table.name == "claims")
print(json.dumps([table.module, list(table.inputs), figure.module, list(claims.evaluators)]))
"""


def test_its_table_figure_and_claim_are_planned(tree: Path) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", PLANNED], cwd=tree, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    table, inputs, figure, evaluators = json.loads(done.stdout)
    assert table == "workflow.studies.toy.toy_table"
    assert "results/events/digits/lenet5/dbb/toy.csv" in inputs
    assert figure == "workflow.studies.toy.toy_figure"
    assert "workflow.studies.toy.claims" in evaluators


@pytest.mark.slow
def test_snakemake_plans_its_table_figure_and_claim(tree: Path) -> None:
    plan = snakemake(tree, "--dry-run", "--printshellcmds")
    assert (
        "python -m workflow.studies.toy.toy_table results/events/digits/lenet5/dbb/toy.csv" in plan
    )
    assert "python -m workflow.studies.toy.toy_figure results/tables/toy.csv" in plan
    assert "workflow.studies.toy.claims" in plan


@pytest.mark.slow
def test_its_table_figure_and_verdict_are_made(tree: Path) -> None:
    made = [
        f"results/{name}" for name in ("tables/toy.csv", "figures/toy.svg", "tables/claims.csv")
    ]
    snakemake(tree, "--", *made, "results/tables/footing.csv")
    cycles = pd.read_csv(tree / made[0]).set_index("accelerator")["cycles"]
    assert cycles["toy"] == cycles["dense_ideal"]
    assert (tree / made[1]).stat().st_size > 1000
    claims = pd.read_csv(tree / made[2]).set_index("claim")
    assert claims.loc["toy-speedup", "here"] == 1.0
    footing = pd.read_csv(tree / "results/tables/footing.csv")
    assert "toy" in set(footing["accelerator"])
