import json

from workflow.site.schema_page import SCHEMA, schema_page


def test_every_key_of_the_schema_has_a_section() -> None:
    page = schema_page()
    for key in json.loads(SCHEMA.read_text())["properties"]:
        assert f"## {key}\n" in page


def test_defaults_are_those_of_the_default_configuration() -> None:
    assert "| `seed` | whole number, at least 0, at most 4294967295 | `0` |" in schema_page()
