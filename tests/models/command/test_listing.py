"""`sparsebench list` with what plug-ins may leave out."""

import json
import sys
from types import ModuleType

import pytest

from models.command import main


@pytest.mark.parametrize(("says", "listed"), [(None, "-"), ("\nKeeps all.\n\nMore.", "Keeps all.")])
def test_a_scheme_that_says_nothing_of_itself_is_listed_too(
    says: str | None,
    listed: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    module = ModuleType("plug_in_scheme", says)
    monkeypatch.setitem(sys.modules, "plug_in_scheme", module)
    scheme = type("Brought", (), {"__module__": "plug_in_scheme"})
    monkeypatch.setattr("models.compression.schemes.full_size_schemes", lambda: {"brought": scheme})
    assert main(["list", "schemes", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["name"], row["description"]) == ("brought", listed)
    assert main(["list", "schemes"]) == 0
    assert listed in capsys.readouterr().out


def test_networks_are_listed_without_pytorch(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def networks() -> None:
        raise ModuleNotFoundError(name="torch")

    monkeypatch.setattr("models.networks.networks", networks)
    assert main(["list", "networks", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["resnet50"]["description"] == rows["resnet50"]["title"] == "ResNet-50"
