from pathlib import Path

import pytest
import yaml

from sim import UserError, documents, remembered
from sim.documents import LOADER, checked_yaml, repeated_keys

SCHEMA = '{"type": "object", "required": ["rows"]}'


def read(folder: Path, text: str) -> object:
    (folder / "schema.json").write_text(SCHEMA)
    (folder / "file.yaml").write_text(text)
    return checked_yaml(folder / "file.yaml", folder / "schema.json")


def test_a_file_that_fits_its_schema_is_what_it_holds(tmp_path: Path) -> None:
    assert read(tmp_path, "rows: 3") == {"rows": 3}


@pytest.fixture
def remembering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Files that the schema's library was asked about; the folder counts as the project's."""
    asked: list[Path] = []
    check = documents._check

    def noted(path: Path, document: object, schema: Path) -> str:
        asked.append(path)
        return check(path, document, schema)

    monkeypatch.setattr(documents, "_check", noted)
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr("sys.pycache_prefix", None)
    return asked


def test_a_content_that_fitted_is_not_checked_by_a_later_process_until_it_changes(
    tmp_path: Path, remembering: list[Path]
) -> None:
    for text, checks in (("rows: 3", 1), ("rows: 3", 1), ("rows: 4", 2), ("rows: 3", 2)):
        remembered._lines.cache_clear()  # as at the start of a process
        read(tmp_path, text)
        assert len(remembering) == checks
    for _ in range(2):  # what does not fit is refused each time
        remembered._lines.cache_clear()
        with pytest.raises(UserError, match="required"):
            read(tmp_path, "columns: 3")
    read(tmp_path, "rows: 3")
    (tmp_path / "schema.json").write_text('{"required": ["columns"]}')
    documents._validator.cache_clear()
    with pytest.raises(UserError, match="required"):  # the same content under another schema
        checked_yaml(tmp_path / "file.yaml", tmp_path / "schema.json")


def test_damaged_or_forbidden_digests_only_cost_time(
    tmp_path: Path, remembering: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    read(tmp_path, "rows: 3")
    (kept,) = tmp_path.glob("__pycache__/*.checked")
    kept.write_bytes(b"\xff not a digest")
    remembered._lines.cache_clear()
    assert read(tmp_path, "rows: 3") == {"rows": 3}
    assert len(remembering) == 2
    kept.unlink()
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    read(tmp_path, "rows: 5")
    assert not kept.exists()


def test_files_of_users_are_not_remembered(
    tmp_path: Path, remembering: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "ROOT", tmp_path / "elsewhere")
    read(tmp_path, "rows: 3")
    read(tmp_path, "rows: 3")
    assert len(remembering) == 2
    assert not list(tmp_path.glob("__pycache__/*"))


def test_anchors_and_merged_mappings_are_no_keys_twice(tmp_path: Path) -> None:
    text = "base: &base {a: 1, b: 2}\nrows: {<<: *base, b: 3}\nmore: *base"
    base = {"a": 1, "b": 2}
    assert read(tmp_path, text) == {"base": base, "rows": {"a": 1, "b": 3}, "more": base}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rows: [1", r"file\.yaml: not YAML: "),
        ("columns: 3", r"file\.yaml: \$: 'rows' is a required property"),
        ("rows: 3\nrows: 4", r"not YAML: key 'rows' stands a second time"),
        ("rows: 2001-13-45", r"file\.yaml: not YAML: month must be in 1\.\.12"),
        ("rows: " + "9" * 5000, r"file\.yaml: not YAML: Exceeds the limit"),
        ("rows: !!bool perhaps", r"file\.yaml: not YAML: 'perhaps'"),
        ("rows: !!timestamp never", r"file\.yaml: not YAML: "),
        ("[" * 2900 + "]" * 2900, r"file\.yaml: nested too deeply"),
        ("[" * 90000, r"file\.yaml: nested too deeply"),
        ("rows: !!python/tuple [1]", r"not YAML: could not determine a constructor"),
        (f"a: &a [{'1, ' * 400}]\nb: &b [{'*a, ' * 400}]\nrows: 1", r"aliases stand for more than"),
        ("- " + "x" * 9000, r"^.{0,500} is not of type 'object'$"),
        ("", r"file\.yaml: \$: None is not of type 'object'"),
    ],
)
def test_a_file_that_does_not_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as refused:
        read(tmp_path, text)
    assert "\n" not in str(refused.value)


def test_repeated_keys_are_found_in_the_order_of_the_file_with_their_places() -> None:
    text = "a: {x: [{k: 1, k: 2}]}\n? [no, text]\n: 1\nb: &own {in: *own}\nc: {d: 1, d: 2, d: 3}\n"
    repeated = list(repeated_keys(yaml.compose(text, LOADER)))
    places = [(place, key.value, key.start_mark.line) for place, key in repeated]
    assert places == [(("a", "x", 0), "k", 0), (("c",), "d", 4), (("c",), "d", 4)]
