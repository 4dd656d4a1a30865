from dataclasses import dataclass
from pathlib import Path

import pytest

from sim import UserError
from workflow.cli import run, settings, whole_file


@dataclass(frozen=True)
class Small:
    epochs: int
    rate: float = 0.1


def test_settings_fill_in_defaults_and_name_what_is_wrong() -> None:
    assert settings(Small, '{"epochs": 3}') == Small(3)
    with pytest.raises(UserError, match=r"unknown setting 'epoch' \(did you mean 'epochs'\?\)"):
        settings(Small, '{"epoch": 3}')
    with pytest.raises(UserError, match="lacks epochs"):
        settings(Small, "{}")
    with pytest.raises(UserError, match="not JSON"):
        settings(Small, "epochs=3")


def test_user_errors_are_one_line_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> None:
        raise UserError("no such network 'x'")

    with pytest.raises(SystemExit) as stop:
        run(main)
    assert stop.value.code == 2
    assert capsys.readouterr().err == "error: no such network 'x'\n"


def test_what_the_system_says_of_a_file_is_one_line_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def main() -> None:
        with whole_file(tmp_path / "file" / "table.csv"):
            pass

    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit) as stop:
        run(main)
    assert stop.value.code == 2
    message = capsys.readouterr().err
    assert message.startswith("error: ")
    assert str(tmp_path / "file") in message
    assert message.count("\n") == 1


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")

    def write() -> None:
        with whole_file(path) as temporary:
            temporary.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
