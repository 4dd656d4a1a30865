"""Plug-ins that cannot be used: each is one line that names package and entry point."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.compression.schemes import schemes
from models.networks import networks
from models.networks.titles import network_titles
from sim import UserError, accelerator, configurations
from sim.components import inventory
from sim.components.cells import Library
from sim.plugins import plugins
from tests.sim.plugin_package import CONFIGS, ENTRIES, installed
from workflow.plan.known_names import known_schemes


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("brought = absent.place", "package brought: entry point 'brought' of"),
        ("brought = sys", "'sys', which is no module with a file"),
        (
            "brought = unfit.serial",
            "cannot be imported (ModuleNotFoundError: No module named 'nowhere')",
        ),
        ("brought = brought.nothing", "brought/configs.yaml: cannot be read"),
        ("sa = brought.again", "'sa' exists already in systolic/"),
    ],
)
def test_accelerators_that_cannot_be_used_are_named(
    brought: Path, entry: str, message: str
) -> None:
    installed(brought, accelerators=entry)
    (brought / "unfit").mkdir()
    (brought / "unfit" / "__init__.py").write_text("import nowhere\n")
    (brought / "brought" / "again").mkdir()
    (brought / "brought" / "again" / "__init__.py").touch()
    again = CONFIGS.replace("serial:", "sa:", 1)
    (brought / "brought" / "again" / "configs.yaml").write_text(again)
    with pytest.raises(UserError) as said:
        configurations()
    assert message in str(said.value)


def test_modules_that_cannot_be_loaded_and_names_that_are_taken_are_named(brought: Path) -> None:
    installed(brought, schemes="dbb = brought.nothing", networks="more = brought.broken")
    (brought / "brought" / "broken.py").write_text("import nowhere_to_be_found\n")
    with pytest.raises(UserError) as said:
        schemes()
    assert str(said.value) == "plug-in 'dbb' brings a scheme that is there already; rename it"
    with pytest.raises(UserError) as said:
        networks()
    assert str(said.value) == (
        "package brought: entry point 'more' of sparsebench.networks: brought.broken cannot be "
        "imported (ModuleNotFoundError: No module named 'nowhere_to_be_found'); mend it, install "
        "it anew or uninstall it"
    )


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
