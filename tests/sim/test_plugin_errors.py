"""Plug-ins that raise while they run: one line, with the traceback where a job's log is."""

import traceback
from concurrent.futures.process import _RemoteTraceback
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.command import main as command
from models.networks import build
from sim import (
    Layer,
    LayerTrace,
    NetworkTrace,
    Provenance,
    TracedLayer,
    UserError,
    accelerator,
    simulate,
    write_trace,
)
from sim.comparison import compare
from sim.plugin_errors import PluginError, raised_by_plugin, users_mistake
from tests.sim.plugin_package import ENTRIES, MODEL, NETWORKS, ROOT, SCHEME, installed
from workflow.cli import run
from workflow.plan.check_config import check_config

Capture = pytest.CaptureFixture[str]
TRACE = LayerTrace(Layer.linear("fc", 8, 4))
PROVENANCE = Provenance("digits", "toy", "dbb", "measured", "measured", "two images")
NETWORK = NetworkTrace(PROVENANCE, (TracedLayer(TRACE),))
SERIAL = "package brought: entry point 'brought' of sparsebench.accelerators: "
MEND = "; mend it, install it anew or uninstall it"
COUNTS = "        return Events("
SILENT = "class SilentError(Exception):\n    def __str__(self):\n        return nowhere\n"


def serial(folder: Path, line: str) -> Any:
    """The plug-in's accelerator with one more line (16) before the events that it returns."""
    installed(folder, accelerators=ENTRIES["accelerators"])
    assert COUNTS in MODEL
    model = MODEL.replace(COUNTS, f"        {line}\n{COUNTS}") + SILENT
    (folder / "brought" / "serial" / "model.py").write_text(model)
    return accelerator("serial")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 / 0", "model.py:16 raises ZeroDivisionError: division by zero"),
        ("open('nowhere')", "model.py:16 raises FileNotFoundError: [Errno 2] No such file"),
        ("raise SystemExit", "model.py:16 raises SystemExit"),
        ("raise KeyError('two\\nlines')", r"model.py:16 raises KeyError: 'two\nlines'"),
        ("macs = -1", "model.py:17 raises ValueError: negative counts: -1"),
        ("raise SilentError", "model.py:16 raises SilentError: (its text raises NameError)"),
    ],
)
def test_what_a_model_raises_names_package_layer_place_and_exception(
    brought: Path, line: str, message: str
) -> None:
    design = serial(brought, line)
    with pytest.raises(PluginError) as said:
        simulate(TRACE, design)
    text = str(said.value)
    assert text.startswith(f"{SERIAL}Serial on layer 'fc': {message}")
    assert text.endswith(MEND)
    assert "\n" not in text
    assert said.value.__cause__ is not None


def test_what_a_model_refuses_keeps_its_words(brought: Path) -> None:
    refusal = "from sparsebench import UserError; raise UserError('no linear layers')"
    with pytest.raises(UserError) as said:
        simulate(TRACE, serial(brought, refusal))
    assert str(said.value) == f"{SERIAL}Serial on layer 'fc': no linear layers"


def test_a_model_returns_events(brought: Path) -> None:
    with pytest.raises(UserError, match=r"Serial on layer 'fc': simulate\(\) returns NoneType"):
        simulate(TRACE, serial(brought, "return None"))


def test_values_that_a_models_class_does_not_take(brought: Path) -> None:
    post = "    def __post_init__(self): self.nowhere\n\n    def simulate"
    installed(brought, accelerators=ENTRIES["accelerators"])
    path = brought / "brought" / "serial" / "model.py"
    path.write_text(MODEL.replace("    def simulate", post))
    with pytest.raises(UserError, match=r"accelerator 'serial': model.py:\d+ raises AttributeErr"):
        accelerator("serial", multipliers=2)


def test_a_comparison_goes_on_without_it(brought: Path) -> None:
    serial(brought, "1 / 0")
    compared = compare(NETWORK, ["serial", "dense_ideal"])
    assert list(compared.layers) == ["dense_ideal"]
    assert compared.refused["serial"].startswith(f"{SERIAL}Serial on layer 'fc': model.py:16")


def test_the_command_ends_on_the_line(brought: Path, tmp_path: Path, capsys: Capture) -> None:
    serial(brought, "1 / 0")
    write_trace(tmp_path / "t.safetensors", NETWORK)
    wanted = ["--accelerators", "serial"]
    assert command(["run", str(tmp_path / "t.safetensors"), *wanted]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: no design runs toy: serial: package brought: ")
    assert said.count("\n") == 1


def test_a_job_leaves_the_traceback_before_the_line(brought: Path, capsys: Capture) -> None:
    installed(brought, networks=ENTRIES["networks"])
    broken = NETWORKS.replace("    size =", "    variant.nowhere\n    size =")
    (brought / "brought" / "networks.py").write_text(broken)
    with pytest.raises(SystemExit) as stop:
        run(lambda: print(build("perceptron", num_classes=5, in_channels=1, input_size=28)))
    assert stop.value.code == 2
    *log, line = capsys.readouterr().err.splitlines()
    assert log[0] == "Traceback (most recent call last):"
    assert log[-1].startswith("AttributeError: 'Variant' object")
    assert line.startswith(
        "error: package brought: entry point 'more' of sparsebench.networks: networks.py:9 raises "
        "AttributeError"
    )
    assert line.endswith(f"{MEND} (traceback: above, in the job's log)")


def test_settings_of_a_scheme_that_raise_are_told_before_anything_starts(brought: Path) -> None:
    installed(brought, schemes=ENTRIES["schemes"])
    post = "    def __post_init__(self): 1 / 0\n\n    def prune"
    (brought / "brought" / "nothing.py").write_text(SCHEME.replace("    def prune", post))
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    config["compression"]["nothing"] = {}
    with pytest.raises(PluginError, match=r"'nothing' of .*schemes: nothing.py:\d+ raises ZeroDiv"):
        check_config(config)


def test_what_a_worker_process_sends_back_is_recognised(brought: Path) -> None:
    with pytest.raises(PluginError) as said:
        simulate(TRACE, serial(brought, "1 / 0"))
    assert said.value.__cause__ is not None
    sent = ZeroDivisionError("division by zero")
    sent.__cause__ = _RemoteTraceback("".join(traceback.format_exception(said.value.__cause__)))
    assert raised_by_plugin(sent, "Serial on layer 'fc'").__str__() == str(said.value)


def test_defects_of_the_project_keep_their_traceback(brought: Path) -> None:
    serial(brought, "pass")

    def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as raised:
        run(broken)
    assert users_mistake(raised.value) is None
