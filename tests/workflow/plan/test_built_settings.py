import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.declared import ROOT
from workflow.dependencies import _closure
from workflow.plan import built_settings
from workflow.plan.known_names import shipped
from workflow.plan.layout import Layout

PLANNED = """
import sys, yaml
from pathlib import Path
from sim import remembered
remembered.cache_from_source = lambda path: str(Path({cache!r}) / Path(path).name)
from sim.errors import UserError
from workflow.plan.check_config import check_config
from workflow.plan.plan import Plan
from workflow.plan.products import products
config = yaml.safe_load(Path("config/config.yaml").read_text())
{change}
try:
    check_config(config)
    products(Plan(config, Path(".")))
except UserError as error:
    print(error)
print("torch" in sys.modules)
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where one process finds what another has found out."""
    return tmp_path_factory.mktemp("cache")


def planned(cache: Path, change: str = "") -> list[str]:
    """Plan the default configuration in a process of its own, and say whether it took PyTorch."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", PLANNED.format(cache=str(cache), change=change)]
    done = subprocess.run(  # noqa: S603  the texts of this file
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_what_was_found_good_is_planned_without_pytorch(cache: Path) -> None:
    assert planned(cache) == ["True"]
    assert planned(cache) == ["False"]


def test_what_is_bad_is_refused_each_time(cache: Path) -> None:
    for _ in range(2):
        refused, _ = planned(cache, "config['training']['shapes']['recipe']['epochs'] = -1")
        assert "epochs" in refused


def test_a_file_that_was_there_is_looked_for_each_time(cache: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights.safetensors"
    weights.write_bytes(b"")
    change = f"config['imagenet']['networks']['alexnet'] = dict(checkpoint={str(weights)!r})"
    assert planned(cache, change) == ["True"]
    weights.unlink()
    refused, _ = planned(cache, change)
    assert "no such file" in refused


def test_the_default_configuration_counts_as_what_is_there_is_not_checked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layout = Layout(dict(shipped()))
    before = built_settings._digest(layout)
    assert built_settings._digest(layout) == before
    monkeypatch.setattr(built_settings, "shipped", dict)
    assert built_settings._digest(layout) != before


@pytest.mark.parametrize("module", ["workflow.plan.modelled_schemes", "workflow.plan.check_config"])
def test_schemes_and_what_they_import_count(module: str) -> None:
    counted = set(_closure(ROOT, (module,)))
    schemes = set((ROOT / "models" / "compression" / "schemes").glob("*.py"))
    assert counted >= schemes
    assert ROOT / "models" / "compression" / "activation_clip.py" in counted
