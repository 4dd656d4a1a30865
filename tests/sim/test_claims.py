"""Claims as they are read; how they are judged is tests/workflow/studies/claims."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim import UserError, declared, registry
from sim.claims import claims

Entry = dict[str, Any]


def write_claims(root: Path, paper: str, text: str) -> None:
    folder = root / "sim" / "accelerators" / paper
    folder.mkdir(parents=True)
    (folder / "claims.yaml").write_text(text)


@pytest.fixture
def edited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Replaces all claims by those of Sense in the given folders, the first edited."""
    document = yaml.safe_load((registry.ACCELERATORS / "sense" / "claims.yaml").read_text())

    def write(edit: Callable[[Entry], object], *folders: str) -> None:
        edit(document[0])
        for folder in folders:
            write_claims(tmp_path, folder, yaml.safe_dump(document))
        monkeypatch.setattr(declared, "ROOT", tmp_path)

    return write


def test_every_claim_has_a_source_and_a_range() -> None:
    assert claims()
    for name, claim in claims().items():
        assert claim.id == name
        assert claim.source, name
        assert claim.high is None or claim.low <= claim.high, name


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda entry: entry.update(colour="red"), r"\$\[0\].*'colour' was unexpected"),
        (lambda entry: entry.pop("source"), "'source' is a required property"),
        (lambda entry: entry.update(low="1.9"), "'1.9' is not of type 'number'"),
    ],
)
def test_a_claim_that_breaks_the_schema_is_one_line(
    edited: Callable[..., None], edit: Callable[[Entry], object], message: str
) -> None:
    edited(edit, "paper")
    with pytest.raises(UserError, match=r"paper/claims\.yaml: .*" + message) as refused:
        claims.__wrapped__()
    assert "\n" not in str(refused.value)


def test_an_id_stands_for_one_claim(edited: Callable[..., None]) -> None:
    edited(lambda entry: None, "one", "two")
    with pytest.raises(UserError, match=r"two/claims\.yaml: claim '.*' exists already"):
        claims.__wrapped__()


def test_a_file_that_is_no_yaml_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_claims(tmp_path, "paper", "- id: [1")
    monkeypatch.setattr(declared, "ROOT", tmp_path)
    with pytest.raises(UserError, match=r"claims\.yaml: not YAML") as refused:
        claims.__wrapped__()
    assert "\n" not in str(refused.value)


def test_a_claim_on_a_network_that_is_not_stated_can_be_reproduced_on_none() -> None:
    unstated = [claim for claim in claims().values() if claim.network == "not stated"]
    assert unstated
    assert all(claim.networks == () for claim in unstated)
