import os
from pathlib import Path

import pytest

from sim import UserError
from workflow.plan.results_folder import check_results_folder, main, results_folder


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home" / "project"
    (folder / "sim").mkdir(parents=True)
    (folder / "notes.txt").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("results/full", "results/full"),
        ("my results/", "my results"),
        ("./r//x", "r/x"),
        ('it\'s "quoted" $(touch P) `touch P`; ls & *', None),
        ("größe-結果", None),
        ("~nobody", "~nobody"),
        ("/scratch/results", "/scratch/results"),
        ("simulations", "simulations"),
    ],
)
def test_ordinary_paths_work(checkout: Path, name: str, path: str | None) -> None:
    check_results_folder(name, checkout)
    assert results_folder(name) == (path or name)


def test_a_home_folder_is_resolved_and_a_dash_is_no_option(checkout: Path) -> None:
    assert results_folder("~/r") == f"{os.environ['HOME']}/r"
    assert results_folder("-rf") == str(checkout / "-rf")
    check_results_folder("-rf", checkout)


def test_a_makefile_is_told_the_folder_of_a_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for text, folder in [("results_dir: ./my results/", "my results"), ("seed: 3", "results")]:
        (tmp_path / "mine.yaml").write_text(text)
        monkeypatch.setattr("sys.argv", ["results_folder", str(tmp_path / "mine.yaml")])
        main()
        assert capsys.readouterr().out == f"{folder}\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("/", "root"),
        (".", "holds the project"),
        ("~/", "holds the project"),
        ("~", "holds the project"),
        ("s3://bucket/r", "an address"),
        ("../x", "outside"),
        ("a/../../x", "outside"),
        ("sim", "in sim/"),
        ("./sim/results/", "in sim/"),
        ("r{suite}", "braces"),
        ("a\nb", "control"),
        (" ", "name of a folder"),
        ("notes.txt/r", "is a file"),
        ("x" * 300, "too long"),
    ],
)
def test_dangerous_paths_are_refused(checkout: Path, name: str, message: str) -> None:
    with pytest.raises(UserError, match=f"results_dir: is .*{message}"):
        check_results_folder(name, checkout)


def test_a_link_to_the_sources_is_refused(checkout: Path) -> None:
    (checkout / "out").symlink_to("sim")
    with pytest.raises(UserError, match="in sim/"):
        check_results_folder("out", checkout)


@pytest.mark.parametrize("target", ["loop", "gone/r"])
def test_a_link_that_leads_nowhere_is_refused(checkout: Path, target: str) -> None:
    (checkout / "loop").symlink_to(target)
    with pytest.raises(UserError, match="loop is a link that leads nowhere"):
        check_results_folder("loop/r", checkout)
