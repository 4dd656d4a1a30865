"""A configuration asks for what it gives files for, and for nothing else."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.utils import update_config

from sim import UserError
from workflow.plan.check_config import check_config
from workflow.plan.plan import Plan
from workflow.plan.products import Figure, Products, Table, modules, products

ROOT = Path(__file__).parents[3]
NO_SEARCHES = "spex: {searches: []}\nthreshold_search: {runs: []}\n"
LITTLE = f"""{NO_SEARCHES}
sparse_blox: {{full_size_networks: []}}
dataflow: {{runs: [], sensitivity: []}}
"""


def asked_for(text: str) -> Products:
    config: dict[str, Any] = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    update_config(config, yaml.safe_load(text))
    check_config(config, with_settings=False)
    return products(Plan(config, ROOT))


def run(suite: str, network: str, *schemes: str) -> str:
    return f"runs: [{{suite: {suite}, networks: [{network}], schemes: [{', '.join(schemes)}]}}]\n"


@pytest.mark.parametrize(
    ("text", "made", "left_out"),
    [
        (LITTLE + run("imagenet", "vgg16", "dbb"), ["claims", "networks"], ["accuracy"]),
        (LITTLE + run("imagenet", "vgg16", "dense"), ["claims", "densities"], ["networks"]),
        (NO_SEARCHES + run("imagenet", "vgg16", "balanced"), ["hass"], ["networks", "s2ta_sparse"]),
        (LITTLE + run("digits", "lenet5", "dense"), ["accuracy"], ["energy", "density_sources"]),
        (LITTLE + run("digits", "lenet5", "dbb"), ["accuracy", "s2ta"], ["footing"]),
        ("accelerators: [sa]", ["networks", "footing"], ["s2ta"]),
    ],
)
def test_what_has_no_files_is_left_out_with_all_that_is_made_from_it(
    text: str, made: list[str], left_out: list[str]
) -> None:
    asked = asked_for(text)
    names = {table.name for table in asked.tables}
    assert names >= set(made)
    assert not names & set(left_out)
    assert all(table.inputs or table.standalone or not table.named for table in asked.tables)
    read = {Path(path) for table in asked.tables for path in table.inputs if "/tables/" in path}
    assert {path.stem for path in read} <= names
    assert {name for figure in asked.figures for name in figure.tables} <= names


@pytest.mark.parametrize(("kind", "pattern"), [(Table, "tables/*.csv"), (Figure, "figures/*.svg")])
def test_every_committed_result_has_a_module_that_the_site_finds(
    kind: type[Table] | type[Figure], pattern: str
) -> None:
    committed = {path.stem for path in (ROOT / "results" / "reference").rglob(pattern)}
    assert committed <= modules(kind).keys()


@pytest.mark.parametrize(
    "call", ['Table(name, f"{name}_table")', 'Table("a", *rest)', 'Table(name="a", module="b")']
)
def test_a_study_that_the_site_cannot_read_is_refused(tmp_path: Path, call: str) -> None:
    study = tmp_path / "mine" / "study.py"
    study.parent.mkdir()
    study.write_text(f'Table("losses", "losses_table", [])\n{call}\n')
    with pytest.raises(UserError, match=r"study\.py:2: name and module .* are to be literals"):
        modules(Table, tmp_path)
    study.write_text('Table("losses", "losses_table", [])\n')
    assert modules(Table, tmp_path) == {"losses": "workflow.studies.mine.losses_table"}
