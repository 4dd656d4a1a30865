"""Every data file of the tree, changed in turn: what reads it is planned again, and nothing else.

What reads a file is written down here by hand, product by product, so that a declaration that goes
missing, or one that reaches too far, is seen.
"""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.utils import update_config

from workflow import declarations, dependencies
from workflow.dependencies import code_digest
from workflow.plan.plan import Plan
from workflow.plan.products import Products, products

ROOT = Path(__file__).parents[2]
DATA = ("csv", "yaml", "json")
ENERGY = {
    "networks",
    "pretrained_networks",  # these four where the files are fetched
    "pretrained_phantom",
    "pretrained_s2ta",
    "pretrained_s2ta_sparse",
    "energy",
    "phantom",
    "s2ta",
    "s2ta_gating",
    "s2ta_sparse",
    "sense",
    "sense_throughput",
    "sense_sensitivity",
    "sparse_blox",
    "sparse_blox_sensitivity",
    "footing",
    "sensitivity",
    "seeds",
    "seed_claims",
}
PRICED = ENERGY | {"claims"}
"""What is judged by energy: of components, whose sizes are the designs' and the footing's."""
COMPONENTS = {"energy_bases", "component_area"}
DESIGNS = {
    "footing",
    "footing_designs",
    "losses",
    "sensitivity",
    "phantom",
    "pretrained_phantom",
    *COMPONENTS,
}
DESIGN_FIGURES = {
    "footing_pareto",
    "footing_sizes",
    "footing_speedup",
    "roofline",
    "losses",
    "sensitivity",
    "transformers",
}
STYLED = {
    "footing_pareto",
    "footing_speedup",
    "hass_intervals",
    "hass_pareto",
    "overview",
    "phantom_layers",
    "phantom_speedup",
    "s2ta_gating",
    "s2ta_speedup",
    "sparse_blox_gains",
    "seeds",
    "transformers",
}
TITLED = {  # figures that write the title of a design
    *DESIGN_FIGURES,
    *(STYLED - {"hass_intervals", "sparse_blox_gains"}),
    "phantom_gains",
    "phantom_idle",
    "pretrained_modelled",
    "s2ta_energy",
    "s2ta_traffic",
    "sense_dram",
    "trust",
}
MODELLED = {"mask_structure", "modelled_zeros", "sparse_blox_natural", "pretrained_modelled"}
CONFIGURED = {  # values of one paper's parameters, beside what looks them all up
    "eyeriss_v2": {"eyeriss_v2_chip"},
    "phantom": {"phantom_sensitivity"},
    "sense": {"sense_throughput", "sense_sensitivity"},
    "sparse_blox": {"sparse_blox_area"},
}
ALL_CONFIGURATIONS = {"footing_designs", "pretrained_modelled", *PRICED, *COMPONENTS}
TRUST = {("table", "trust"), ("table", "trust_cases")}
"""They run most models on the published workloads: what they read is not written down here."""
CLAIMED = {"claims", "claims_summary", "basis_claims", "seed_claims", "sense_throughput"}


def tables_that_read(path: str) -> set[str]:
    """Names of the tables that read a data file."""
    parts = path.split("/")
    if path.endswith("/configs.yaml"):
        return ALL_CONFIGURATIONS | CONFIGURED.get(parts[2], set())
    if path.endswith("/claims.yaml") or path == "sim/schemas/claims.schema.json":
        return CLAIMED
    if path in ("sim/technology/entries.yaml", "sim/technology/nodes.yaml"):
        return PRICED | {"energy_bases"}
    if path == "sim/technology/components.csv":
        return PRICED | COMPONENTS
    if path.endswith("/style.yaml"):
        return set()
    if path.startswith("sim/accelerators/eyeriss_v2/"):
        return {"eyeriss_v2_chip"}
    if path in ("sim/footing/designs.yaml", "sim/schemas/footing.schema.json"):
        return PRICED | DESIGNS
    if path.startswith("models/imagenet/densities/"):
        return MODELLED
    return {"mask_structure"} if path == "sim/generate/reference_masks.csv" else set()


def figures_that_read(path: str) -> set[str]:
    """Names of the figures that read a data file."""
    if path in ("sim/footing/designs.yaml", "sim/schemas/footing.schema.json"):
        return DESIGN_FIGURES
    if path.endswith("/style.yaml") or path == "sim/schemas/style.schema.json":
        return STYLED
    if path.endswith("/configs.yaml"):
        return TITLED
    claimed = path.endswith("/claims.yaml") or path == "sim/schemas/claims.schema.json"
    return {"claims"} if claimed else set()


def data_paths() -> list[str]:
    """Every data file of the packages, but for those that no product reads in any way."""
    files = [path for part in ("sim", "models", "workflow") for path in (ROOT / part).rglob("*.*")]
    return sorted(
        path.relative_to(ROOT).as_posix()
        for path in files
        if path.suffix[1:] in DATA and "profiles" not in path.parts
    )


@pytest.fixture(scope="module")
def asked_for() -> Products:
    """What the full configuration asks for."""
    config: dict[str, Any] = {}
    for name in ("config.yaml", "full.yaml"):
        update_config(config, yaml.safe_load((ROOT / "config" / name).read_text()))
    return products(Plan(config, ROOT))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the packages.

    Digests of products are made of digests of files in place of their content, which every product
    would read again.
    """
    content = dependencies._name_and_content.__wrapped__

    def short(root: Path, path: Path) -> bytes:
        if path not in SHORT:
            SHORT[path] = hashlib.sha256(content(root, path)).digest()
        return SHORT[path]

    monkeypatch.setattr(dependencies, "_name_and_content", short)
    for part in ("sim", "models", "workflow"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, tmp_path / part, ignore=ignored)
    for path in (ROOT / "requirements.lock", *ROOT.glob("requirements-*.txt")):
        shutil.copy(path, tmp_path)
    yield tmp_path
    SHORT.clear()
    dependencies._digest.cache_clear()


SHORT: dict[Path, bytes] = {}
"""Digest of each file that stands in a product's."""


def digests(root: Path, asked_for: Products, changed: Path) -> dict[tuple[str, str], str]:
    """Digest of every product by kind and name, after a file has changed."""
    SHORT.pop(changed, None)
    dependencies._digest.cache_clear()
    tables = {
        ("table", table.name): code_digest(root, table.module, *table.evaluators)
        for table in asked_for.tables
    }
    figures = {
        ("figure", figure.name): code_digest(root, figure.module) for figure in asked_for.figures
    }
    return tables | figures


def test_every_data_file_plans_again_what_reads_it_and_nothing_else(
    checkout: Path, asked_for: Products
) -> None:
    before = digests(checkout, asked_for, checkout)
    known = {name for _, name in before}
    wrong = {}
    for path in data_paths():
        file = checkout / path
        text = file.read_bytes()
        file.write_bytes(text + b"\n")
        after = digests(checkout, asked_for, file)
        file.write_bytes(text)
        SHORT.pop(file, None)
        changed = {name for name, digest in after.items() if digest != before[name]}
        if path.startswith("workflow/studies/trust/"):
            if not changed or changed - TRUST:
                wrong[path] = changed
            continue
        changed -= TRUST
        everything = path == "sim/schemas/configs.schema.json"  # whatever looks up a configuration
        expected = {("table", name) for name in tables_that_read(path) & known}
        expected |= {("figure", name) for name in figures_that_read(path) & known}
        if not (changed >= expected if everything else changed == expected):
            wrong[path] = changed ^ expected
    assert wrong == {}


def test_no_module_finds_a_file_of_the_tree_without_declaring_it() -> None:
    files = [path for part in ("sim", "models", "workflow") for path in (ROOT / part).rglob("*.py")]
    hidden = [path.relative_to(ROOT).as_posix() for path in files if "__file__" in path.read_text()]
    assert hidden == ["sim/declared.py"]


def test_what_is_used_counts_and_what_is_only_imported_does_not(tmp_path: Path) -> None:
    texts = {
        "sim/__init__.py": "from sim.prices import Price, prices\n",
        "sim/prices.py": "DATA = data_file('sim/prices.yaml')\nclass Price: ...\n"
        "def prices(): return DATA\n",
        "workflow/a.py": "from sim import Price\n",
        "workflow/b.py": "from sim import prices\ndef f(): return prices()\n",
        "workflow/c.py": "from workflow import b\ndef g(): return b.f()\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    read = {name: declarations.read_patterns(tmp_path, (f"workflow.{name}",)) for name in "abc"}
    assert read == {"a": set(), "b": {"sim/prices.yaml"}, "c": {"sim/prices.yaml"}}
