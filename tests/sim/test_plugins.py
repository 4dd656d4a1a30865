"""Installed packages that bring accelerators, networks and schemes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODEL = '''
from dataclasses import dataclass

from sparsebench import Cause, Events, LayerTrace
from sparsebench.sim.masks.totals import effectual_macs


@dataclass(frozen=True)
class Serial:
    """Every nonzero product takes a cycle of the only multiplier."""

    multipliers: int

    def simulate(self, trace: LayerTrace) -> Events:
        macs = int(effectual_macs(trace).sum())
        return Events(macs, trace.dense_macs, macs, 1, {Cause.EDGE: 0}, {}, {})
'''
CONFIGS = """
serial:
  model: Serial
  title: serial
  description: One multiplier that skips every zero
  parameters:
    multipliers: {value: 1, unit: multipliers, status: assumed, source: "the least", sweep: [1, 2]}
"""
NETWORKS = """
from torch import nn

from sparsebench.models.networks.network import Network
from sparsebench.models.networks.variant import Variant


def build(variant: Variant) -> nn.Module:
    size = variant.in_channels * variant.input_size**2
    return nn.Sequential(nn.Flatten(), nn.Linear(size, variant.num_classes))


NETWORKS = [Network(place=900, name="perceptron", title="perceptron", build=build)]
"""
SCHEME = """
from dataclasses import dataclass

from sparsebench.models.compression.scheme import Samples, Scheme


@dataclass(frozen=True, kw_only=True)
class Nothing(Scheme):
    def prune(self, network, samples: Samples) -> None: ...


SCHEME = Nothing
"""
ENTRIES = {
    "accelerators": "brought = brought.serial",
    "networks": "more = brought.networks",
    "schemes": "nothing = brought.nothing",
}


def installed(folder: Path, **entries: str) -> Path:
    """A package `brought` as an installer leaves it, with these entry points by their group."""
    files = {
        "brought/__init__.py": "from sparsebench import Events\n",
        "brought/shared.py": "FACTOR = 1\n",
        "brought/serial/__init__.py": "",
        "brought/serial/model.py": MODEL,
        "brought/serial/configs.yaml": CONFIGS,
        "brought/networks.py": NETWORKS,
        "brought/nothing.py": SCHEME,
        "brought-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: brought\nVersion: 1.0\n",
        "brought-1.0.dist-info/entry_points.txt": "".join(
            f"[sparsebench.{group}]\n{entry}\n" for group, entry in entries.items()
        ),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def run(folder: Path, code: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


def printed(folder: Path, code: str) -> object:
    done = run(folder, code)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_an_accelerator_is_listed_and_simulated_like_the_others(tmp_path: Path) -> None:
    code = (
        "import json\n"
        "import sim\n"
        "from sim.comparison import compare\n"
        "trace = sim.LayerTrace(sim.Layer.linear('fc', 8, 4))\n"
        "events = sim.simulate(trace, sim.accelerator('serial'))\n"
        "import sparsebench\n"
        "print(json.dumps([events.cycles, list(sim.configurations())[-1],"
        " sparsebench.Layer is sim.Layer, sim.configurations()['serial'].folder]))"
    )
    brought = installed(tmp_path, accelerators=ENTRIES["accelerators"])
    assert printed(brought, code) == [32, "serial", True, "serial"]


def test_the_digest_of_its_simulation_follows_its_files(tmp_path: Path) -> None:
    code = (
        "import json; from pathlib import Path; from workflow.plan.digest import Digests\n"
        f"digests = Digests(Path({str(ROOT)!r}))\n"
        "print(json.dumps([digests.simulation('serial'), digests.simulation('sa')]))"
    )
    brought = installed(tmp_path, accelerators=ENTRIES["accelerators"])
    digests = [printed(brought, code)]
    for name in ("serial/model.py", "shared.py"):  # its own, and one that it may import
        with (tmp_path / "brought" / name).open("a") as file:
            file.write("\n# changed\n")
        digests.append(printed(brought, code))
    assert len({mine for mine, _ in digests}) == 3
    assert len({other for _, other in digests}) == 1


def test_whatever_runs_pytorch_depends_on_networks_and_schemes(tmp_path: Path) -> None:
    code = (
        "import json; from pathlib import Path; from workflow.plan.digest import Digests, TORCH\n"
        f"digests = Digests(Path({str(ROOT)!r}))\n"
        "pins = iter([*TORCH, 'optuna'])\n"
        "print(json.dumps([digests.code('workflow.cli', pins=pins),\n"
        "  digests.accelerators([], 'workflow.cli', TORCH), digests.code('workflow.cli')]))"
    )
    brought = installed(tmp_path, schemes=ENTRIES["schemes"])
    before = printed(brought, code)
    (tmp_path / "brought" / "nothing.py").write_text(SCHEME + "# changed\n")
    after = printed(brought, code)
    assert isinstance(before, list)
    assert isinstance(after, list)
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, False, True]


def test_networks_and_schemes_stand_beside_the_built_in_ones(tmp_path: Path) -> None:
    code = (
        "import json\n"
        "from models.networks import build, networks\n"
        "from models.networks.titles import network_titles\n"
        "from models.compression.schemes import scheme, schemes\n"
        "from workflow.plan.known_names import known_schemes\n"
        "made = build('perceptron', num_classes=5, in_channels=1, input_size=28)\n"
        "print(json.dumps([list(networks())[-1], network_titles()['perceptron'],\n"
        "  list(made[1].weight.shape),"
        "  'nothing' in schemes(), scheme('nothing').__name__, 'nothing' in known_schemes(),\n"
        "  'nothing' in known_schemes('FULL_SIZE')]))"
    )
    brought = installed(tmp_path, networks=ENTRIES["networks"], schemes=ENTRIES["schemes"])
    made = printed(brought, code)
    assert made == ["perceptron", "perceptron", [5, 784], True, "Nothing", True, False]


@pytest.mark.parametrize(
    ("group", "entry", "message"),
    [
        ("accelerators", "brought = absent.place", "package brought: entry point 'brought' of"),
        ("accelerators", "brought = sys", "'sys', which is no module with a file"),
        (
            "accelerators",
            "brought = unfit.serial",
            "cannot be imported (No module named 'nowhere')",
        ),
        ("accelerators", "brought = brought.nothing", "brought/configs.yaml: cannot be read"),
        ("accelerators", "sa = brought.again", "'sa' exists already in systolic/"),
    ],
)
def test_accelerators_that_cannot_be_used_are_named(
    tmp_path: Path, group: str, entry: str, message: str
) -> None:
    brought = installed(tmp_path, **{group: entry})
    (tmp_path / "unfit").mkdir()
    (tmp_path / "unfit" / "__init__.py").write_text("import nowhere\n")
    (tmp_path / "brought" / "again").mkdir()
    (tmp_path / "brought" / "again" / "__init__.py").touch()
    again = CONFIGS.replace("serial:", "sa:", 1)
    (tmp_path / "brought" / "again" / "configs.yaml").write_text(again)
    code = (
        "import sim\n"
        "try:\n    sim.configurations()\n"
        "except sim.UserError as error:\n    print(error)\n"
    )
    done = run(brought, code)
    assert done.returncode == 0, done.stderr
    assert message in done.stdout


def test_modules_that_cannot_be_loaded_and_names_that_are_taken_are_named(tmp_path: Path) -> None:
    brought = installed(tmp_path, schemes="dbb = brought.nothing", networks="more = brought.broken")
    (tmp_path / "brought" / "broken.py").write_text("import nowhere_to_be_found\n")
    code = (
        "import json\n"
        "from sim import UserError\n"
        "from models.compression.schemes import schemes\n"
        "from models.networks import networks\n"
        "said = []\n"
        "for call in (schemes, networks):\n"
        "    try:\n        call()\n"
        "    except UserError as error:\n        said.append(str(error))\n"
        "print(json.dumps(said))"
    )
    assert printed(brought, code) == [
        "plug-in 'dbb' brings a scheme that is there already; rename it",
        "plug-in 'more' (brought.broken): No module named 'nowhere_to_be_found'",
    ]
