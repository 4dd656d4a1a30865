from pathlib import Path

from workflow.progress.outcome import outcome


def test_verdicts_are_counted_and_only_what_exists_is_named(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "claims_summary.csv").write_text(
        "claim,verdict\na,not_reproduced\nb,reproduced\nc,not_reproduced\n"
    )
    (tmp_path / "tables.html").touch()
    lines = outcome(tmp_path)
    assert lines[0] == "3 published claims: 2 not reproduced, 1 reproduced"
    assert lines[1].startswith("1 tables and 0 figures")
    assert [line for line in lines if "tables.html" in line]
    assert not [line for line in lines if "report.html" in line]
    assert outcome(tmp_path / "nothing") == []
