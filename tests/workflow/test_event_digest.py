import csv
from io import StringIO
from pathlib import Path

import pytest

from sim import UserError
from workflow.event_digest import check_digest, with_digest

HEADER = ["layer", "cycles"]
ROWS = [["conv 1", 4], ['a,"b"', 0.5], ["fc", 2]]


def written(path: Path, lines: list[str]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


@pytest.fixture
def lines() -> list[str]:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(with_digest([HEADER, *ROWS]))
    return text.getvalue().splitlines()


def test_what_was_written_is_taken(tmp_path: Path, lines: list[str]) -> None:
    check_digest(written(tmp_path / "a.csv", lines))
    check_digest(written(tmp_path / "b.csv", ["layer,cycles", "fc,3"]))  # of elsewhere


@pytest.mark.parametrize("change", ["dropped", "cell", "order", "added", "digest"])
def test_a_row_that_was_changed_or_dropped_is_noticed(
    tmp_path: Path, lines: list[str], change: str
) -> None:
    changed = {
        "dropped": lines[:-1],
        "cell": [*lines[:-1], lines[-1].replace("fc,2", "fc,0")],
        "order": [lines[0], lines[2], lines[1], lines[3]],
        "added": [*lines, lines[-1]],
        "digest": [*lines[:-1], "fc,2,0123456789abcdef"],
    }[change]
    with pytest.raises(UserError, match=r"a\.csv: not the rows that were written here"):
        check_digest(written(tmp_path / "a.csv", changed))
