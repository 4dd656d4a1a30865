"""Installed packages that bring accelerators, networks and schemes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models.compression.schemes import schemes
from models.networks import networks
from models.networks.titles import network_titles
from sim import UserError, accelerator, configurations
from sim.components import inventory
from sim.components.cells import Library
from sim.plugins import plugins
from workflow.plan.known_names import known_schemes

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
        return Events(macs, trace.dense_macs, macs, 1, {Cause.EDGE: 0})
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
            "cannot be imported (ModuleNotFoundError: No module named 'nowhere')",
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
        "package brought: entry point 'more' of sparsebench.networks: brought.broken cannot be "
        "imported (ModuleNotFoundError: No module named 'nowhere_to_be_found'); mend it, install "
        "it anew or uninstall it",
    ]


@pytest.fixture
def brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of packages that this process finds, and forgets afterwards."""
    monkeypatch.syspath_prepend(str(tmp_path))
    finders, before = list(sys.meta_path), set(sys.modules)
    caches: list[Any] = [plugins, networks, network_titles, known_schemes, configurations]
    for cache in caches:
        cache.cache_clear()
    yield tmp_path
    for cache in caches:
        cache.cache_clear()
    sys.meta_path[:] = finders
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("brought", "sparsebench"):
            del sys.modules[name]


RAISING = {
    "def f(:\n": "SyntaxError: invalid syntax",
    "x = 1 / 0\n": "ZeroDivisionError: division by zero",
    "from sparsebench import Nothing\n": "ImportError: cannot import name 'Nothing'",
    "raise SystemExit\n": "(SystemExit)",
    "raise ValueError('two\\nlines')\n": r"ValueError: two\nlines",
    "\udcff".encode("utf-8", "surrogateescape").decode("latin-1") + "\0": "null bytes",
}


@pytest.mark.parametrize(("source", "message"), RAISING.items())
@pytest.mark.parametrize("place", ["broken.py", "broken/__init__.py"])
def test_what_a_plug_in_raises_is_one_line_with_package_and_entry_point(
    brought: Path, source: str, message: str, place: str
) -> None:
    installed(brought, schemes="mine = brought.broken")
    (brought / "brought" / place).parent.mkdir(exist_ok=True)
    (brought / "brought" / place).write_text(source, encoding="utf-8")
    with pytest.raises(UserError) as said:
        plugins("schemes")[0].load()
    text = str(said.value)
    assert text.startswith("package brought: entry point 'mine' of sparsebench.schemes: brought.b")
    assert message in text
    assert "\n" not in text


def test_a_package_around_a_plug_in_that_raises_is_one_line(brought: Path) -> None:
    installed(brought, accelerators=ENTRIES["accelerators"])
    (brought / "brought" / "__init__.py").write_text("def f(:\n")
    with pytest.raises(UserError, match=r"package brought: .*'brought.serial'.*\(SyntaxError"):
        configurations()


@pytest.mark.parametrize(
    ("kind", "file", "source", "message"),
    [
        ("networks", "networks", "", "brought.networks has no list NETWORKS"),
        ("networks", "networks", "NETWORKS = 5", "brought.networks has no list NETWORKS"),
        ("networks", "networks", "NETWORKS = ['vgg']", "holds str; expected Network"),
        ("schemes", "nothing", "", "has neither SCHEME nor FULL_SIZE"),
        ("schemes", "nothing", "SCHEME = 5", "SCHEME of brought.nothing is no subclass of Scheme"),
        ("accelerators", "serial/model", "def f(:", "brought.serial.model cannot be imported (Syn"),
        ("accelerators", "serial/model", "Serial = 5", "Serial of brought.serial.model is no data"),
        ("accelerators", "serial/inventory", "", "brought.serial.inventory has no function"),
        ("accelerators", "serial/inventory", "1 / 0", "inventory cannot be imported (ZeroDiv"),
    ],
)
def test_a_plug_in_that_brings_something_else_is_named(
    brought: Path, kind: str, file: str, source: str, message: str
) -> None:
    installed(brought, **{kind: ENTRIES[kind]})
    (brought / "brought" / f"{file}.py").write_text(source)
    uses: dict[str, Callable[[], object]] = {
        "networks": networks,
        "schemes": schemes,
        "accelerators": lambda: inventory(accelerator("serial"), Library(16)),
    }
    with pytest.raises(UserError) as said:
        uses[kind]()
    assert message in str(said.value)


@pytest.mark.parametrize("value", ["brought.nothing:SCHEME", "brought nothing", "", ".nothing"])
def test_an_entry_point_names_a_module_alone(brought: Path, value: str) -> None:
    installed(brought, schemes=f"mine = {value}")
    with pytest.raises(UserError, match=r"'mine' of sparsebench.schemes names .*expected the dott"):
        plugins("schemes")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def f(:", "networks.py: not Python"),
        ("Network(place=1, name='a' + 'b', title='c')", r"networks.py:1: Network\(...\) has no"),
        ("\nNetwork('a', 1)", r"networks.py:2: Network\(...\) has no place"),
    ],
)
def test_lists_that_only_read_a_plug_in_name_what_they_cannot_read(
    brought: Path, source: str, message: str
) -> None:
    installed(brought, networks=ENTRIES["networks"], schemes="mine = brought.networks")
    (brought / "brought" / "networks.py").write_text(source)
    with pytest.raises(UserError, match=message):
        network_titles()
    if source.startswith("def"):
        with pytest.raises(UserError, match=message):
            known_schemes()
