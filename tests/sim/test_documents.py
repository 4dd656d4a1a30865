from pathlib import Path

import pytest

from sim import UserError
from sim.documents import checked_yaml

SCHEMA = '{"type": "object", "required": ["rows"]}'


def read(folder: Path, text: str) -> object:
    (folder / "schema.json").write_text(SCHEMA)
    (folder / "file.yaml").write_text(text)
    return checked_yaml(folder / "file.yaml", folder / "schema.json")


def test_a_file_that_fits_its_schema_is_what_it_holds(tmp_path: Path) -> None:
    assert read(tmp_path, "rows: 3") == {"rows": 3}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rows: [1", r"file\.yaml: not YAML: "),
        ("columns: 3", r"file\.yaml: \$: 'rows' is a required property"),
        ("", r"file\.yaml: \$: None is not of type 'object'"),
    ],
)
def test_a_file_that_does_not_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as refused:
        read(tmp_path, text)
    assert "\n" not in str(refused.value)
