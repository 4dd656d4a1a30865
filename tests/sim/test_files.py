import os
from pathlib import Path

import pytest

from sim import UserError
from sim.files import intact, whole_file


def write(path: Path, content: str) -> None:
    with whole_file(path) as temporary:
        temporary.write_text(content)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "table.csv"
    write(path, "a,b\n1,2\n3,4\n")
    return path


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "", "a,b\n1,2\n3,5\n"])
def test_a_file_that_was_cut_or_changed_is_refused_until_it_is_made_again(
    path: Path, content: str
) -> None:
    assert intact(path) == path
    path.write_text(content)
    with pytest.raises(UserError, match=r"table.csv: not what was written here.*delete it and run"):
        intact(path)
    write(path, "a,b\n")
    assert intact(path).read_text() == "a,b\n"
    path.with_name(".table.csv.sha256").write_bytes(b"\xff\xfe")  # no text
    with pytest.raises(UserError, match="checksum differs"):
        intact(path)


def test_a_file_without_a_seal_is_taken_as_it_is(path: Path) -> None:
    copied = path.with_name("copied.csv")
    copied.write_text("from elsewhere")
    assert intact(copied) == copied
    assert intact(path.with_name("missing.csv")).name == "missing.csv"  # the reader says so better


@pytest.mark.parametrize("step", [0, 1])
def test_a_death_between_the_renames_never_leaves_a_wrong_seal(
    monkeypatch: pytest.MonkeyPatch, path: Path, step: int
) -> None:
    replace, calls = Path.replace, iter(range(10))

    def dying(self: Path, target: Path) -> Path:
        if next(calls) == step:
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        write(path, "new")
    assert intact(path).read_text() == ("new" if step else "a,b\n1,2\n3,4\n")


def test_leftovers_of_a_killed_writer_are_removed_and_nothing_else(path: Path) -> None:
    folder = path.parent
    for name in (".123.table.csv", ".123.table.csv.sha256", ".123.other.table.csv", ".table.csv.x"):
        (folder / name).write_text("half")
    write(path, "new")
    assert sorted(os.listdir(folder)) == [
        ".123.other.table.csv",
        ".table.csv.sha256",
        ".table.csv.x",
        "table.csv",
    ]
