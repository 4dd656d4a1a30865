import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.declared import ROOT

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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("config['training']['shapes']['recipe']['epochs'] = -1", "epochs"),
        (
            "config['imagenet']['checkpoint'] = 'nowhere.safetensors'",
            "nowhere.safetensors",
        ),
    ],
)
def test_what_is_bad_or_names_a_file_is_looked_at_each_time(
    cache: Path, change: str, said: str
) -> None:
    for _ in range(2):
        refused, loads_pytorch = planned(cache, change)
        assert said in refused
        assert loads_pytorch == "True"
