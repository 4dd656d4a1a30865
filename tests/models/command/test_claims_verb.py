"""`sparsebench claims`: what the papers state, beside what a run gave."""

import csv
import json
from pathlib import Path

import pytest

from models.command import claims_verb, main
from sim.claims import claims

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """A finished run that judged one claim with a value and one without."""
    rows = [
        {"claim": "s2ta-speedup", "here": "1.298298329", "verdict": "needs trained weights"},
        {"claim": "dstc-speedup", "here": "", "verdict": "comparator not modelled"},
    ]
    path = tmp_path / "run" / "tables" / "claims_summary.csv"
    path.parent.mkdir(parents=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path / "run"


def test_every_claim_stands_beside_what_the_run_gave(run_folder: Path, capsys: Capture) -> None:
    assert main(["claims", "--results", str(run_folder), "--json"]) == 0
    rows = {row["claim"]: row for row in json.loads(capsys.readouterr().out)}
    assert set(rows) == set(claims())
    assert rows["s2ta-speedup"]["published"] == "over 2 x"
    assert rows["s2ta-speedup"]["here"] == "1.30"
    assert rows["dstc-speedup"]["published"] == "10 x"
    assert (rows["dstc-speedup"]["here"], rows["dstc-speedup"]["verdict"]) == (
        "-",
        "comparator not modelled",
    )
    assert rows["hass-efficiency"]["published"] == "1.30 to 4.20 x"


def test_one_system_is_chosen_whatever_its_case(run_folder: Path, capsys: Capture) -> None:
    assert main(["claims", "--system", "s2ta", "--results", str(run_folder)]) == 0
    out = capsys.readouterr().out
    assert "s2ta-speedup" in out
    assert "dstc" not in out
    assert f"Verdicts of {run_folder};" in out


def test_without_a_run_there_are_no_verdicts(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims_verb, "RESULTS", ())
    assert main(["claims"]) == 0
    assert "Verdicts need a finished run: --results DIR." in capsys.readouterr().out


def test_what_cannot_be_is_one_line(run_folder: Path, tmp_path: Path, capsys: Capture) -> None:
    (run_folder / "tables" / "claims_summary.csv").write_text("a,b\n1,2\n")
    damaged = tmp_path / "damaged"
    (damaged / "tables").mkdir(parents=True)
    (damaged / "tables" / "claims_summary.csv").write_bytes(b"claim,here,verdict\n\xff,1,x\n")
    for arguments, message in [
        (["--system", "S3TA"], "unknown system 'S3TA' (did you mean 'S2TA'?)"),
        (["--system", ""], "unknown system ''"),
        (["--results", str(damaged)], "not a summary of claims"),
        (["--results", str(tmp_path)], "no tables/claims_summary.csv in it"),
        (["--results", str(run_folder)], "not a summary of claims"),
    ]:
        assert main(["claims", *arguments]) == 2
        said = capsys.readouterr().err
        assert message in said
        assert said.count("\n") == 1


@pytest.mark.parametrize(
    "data", [b"claim,here,verdict\n\xff,1,a\n", b"claim,here,verdict\na,x,b\n"]
)
def test_a_damaged_summary_is_one_line(run_folder: Path, capsys: Capture, data: bytes) -> None:
    (run_folder / "tables" / "claims_summary.csv").write_bytes(data)
    assert main(["claims", "--results", str(run_folder)]) == 2
    said = capsys.readouterr().err
    assert "claims_summary.csv: not a summary of claims" in said
    assert said.count("\n") == 1
