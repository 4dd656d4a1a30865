"""What is missing of the optional packages is one line with a command that installs it."""

import shlex
import sys
from pathlib import Path

import pytest

from sim import Provenance, UserError, extras
from sim.comparison import NetworkComparison
from sim.extras import install_command


@pytest.mark.parametrize("folder", ["a checkout's", "plain"])
def test_the_command_installs_the_checkout_wherever_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    root = tmp_path / folder
    root.mkdir()
    monkeypatch.setattr(extras, "ROOT", root)
    assert install_command("onnx") == "pip install '.[onnx]' in the project's checkout"
    (root / "pyproject.toml").touch()
    assert shlex.split(install_command("onnx")) == ["pip", "install", f"{root}[onnx]"]


def test_a_table_without_pandas_names_it_and_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    origin = Provenance("toy", "toy", "dense", "modelled", "modelled", "no zeros")
    with pytest.raises(UserError, match=r"a table needs pandas, .*: pip install .*\[plots\]"):
        NetworkComparison(origin, 16, {}, {}).frame()
