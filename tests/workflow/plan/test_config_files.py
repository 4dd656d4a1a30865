import sys
from pathlib import Path

import pytest

from sim import UserError
from workflow.plan.config_errors import ConfigError
from workflow.plan.config_files import DEFAULT, ConfigFiles, content, default_file, main

ROOT = Path(__file__).parents[3]


def test_equal_keys_are_refused_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "twice.yaml"
    file.write_text("imagenet:\n  networks:\n    vgg16: {}\nimagenet:\n  images: 1\n")
    with pytest.raises(UserError, match=r"twice.yaml:4: imagenet: a second time"):
        content(file)
    file.write_text("runs:\n  - suite: digits\n    suite: shapes\n")
    with pytest.raises(UserError, match=r"twice.yaml:3: runs.0..suite: a second time"):
        content(file)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("seed: 1".encode("utf-16"), "not text in UTF-8"),
        ("seed: 1  # größer".encode("latin-1"), "not text in UTF-8"),
        (b"", "holds no keys"),
        (b"- seed", "holds no keys"),
        (b"seed: [1", "not YAML"),
        (b"seed:\t{\n\t1", "not YAML"),
        (b"\x00\x01", "not YAML"),
        (b"seed: &a [*a", "not YAML"),
        (b"__use_yte__: true\nseed: ?print(1)", "__use_yte__: makes the file a template"),
        (b"<<: {__use_yte__: true}\nseed: ?print(1)", "__use_yte__: makes the file a template"),
        (b"x: &x {__use_yte__: 1}\n<<: [*x]", "__use_yte__: makes the file a template"),
        (b"seed: !!python/name:os.system", "not YAML: could not determine a constructor"),
        (b"seed: !!int foo", "not YAML: invalid literal"),
        (b"seed: 2024-13-45", "not YAML: month must be"),
        (b"runs:\n- seed: 017", "my.yaml:2: runs.0..seed: 017 is 15 in YAML; write 15"),
        (b"threads: 1:30", "my.yaml:1: threads: 1:30 is 90 in YAML"),
        (b"training:\n  no: {}", "my.yaml:2: training: has the key no, which YAML does not read"),
        (b"zeros: &z {a: *z}", "my.yaml:1: zeros.a: stands within itself"),
        (b"[" * 90000, "nested too deeply"),
    ],
)
def test_files_that_are_no_configuration_are_one_line(
    tmp_path: Path, data: bytes, message: str
) -> None:
    file = tmp_path / "my.yaml"
    file.write_bytes(data)
    with pytest.raises(UserError, match=message) as said:
        content(file)
    assert str(said.value).startswith(str(file))
    assert "\n" not in str(said.value)


def test_what_make_checks_first_is_one_line_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Snakemake reads the files of its command line before anything of the project."""
    (tmp_path / "wide.yaml").write_bytes("seed: 1".encode("utf-16"))
    for name, message in (
        (tmp_path, "Is a directory"),
        (tmp_path / "none.yaml", "No such file"),
        (tmp_path / "wide.yaml", "not text in UTF-8"),
    ):
        monkeypatch.setattr(sys, "argv", ["config_files", DEFAULT, str(name)])
        with pytest.raises(SystemExit, match="2"):
            main()
        said = capsys.readouterr().err
        assert said.startswith(f"error: {name}: ")
        assert message in said
        assert said.count("\n") == 1


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.yaml: cannot be read as a configuration: No such"):
        content(tmp_path / "none.yaml")
    with pytest.raises(UserError, match="Is a directory"):
        content(tmp_path)


def test_a_mistake_is_found_in_the_last_file_that_has_its_place(tmp_path: Path) -> None:
    first, last = tmp_path / "first.yaml", tmp_path / "last.yaml"
    first.write_text("# a\nseed: 1\nruns:\n  - suite: digits\n  - suite: shapes\n")
    last.write_text("runs:\n  - {suite: digit,\n     networks: [a, b]}\n")
    files = ConfigFiles([first, last])

    def line(*place: str | int) -> str:
        return str(files.located(ConfigError(place, "wrong"))).removeprefix(str(tmp_path))

    assert line("seed") == "/first.yaml:2: seed: wrong"
    assert line("runs", 0, "networks", 1) == "/last.yaml:3: runs[0].networks[1]: wrong"
    assert line("runs", 1, "suite") == "/first.yaml:5: runs[1].suite: wrong"
    assert line("sweeps", "mine") == "config: sweeps.mine: wrong"


def test_the_default_is_that_of_the_working_folder_or_of_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert default_file(ROOT) == str(ROOT / DEFAULT)
    (tmp_path / "config").mkdir()
    (tmp_path / DEFAULT).write_text("seed: 1")
    assert default_file(ROOT) == DEFAULT
