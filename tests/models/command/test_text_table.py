import json

import pytest

from models.command.text_table import digits, json_rows, text_table


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567, "1,234,567"),
        (1234.5, "1,234"),
        (12.345, "12.3"),
        (1.0, "1.00"),
        (0.04567, "0.0457"),
        (0.00123, "0.0012"),
        (0.00001, "1.00e-05"),
        (-0.00001, "-1.00e-05"),
        (0.0, "0"),
        (float("inf"), "inf"),
        (float("nan"), "-"),
        ("text", "text"),
    ],
)
def test_values_have_three_significant_digits(value: str | float, text: str) -> None:
    assert digits(value) == text


def test_text_goes_to_the_left_and_numbers_to_the_right() -> None:
    rows = [{"name": "a", "cycles": 5}, {"name": "long", "cycles": 1500}]
    lines = text_table(rows, {"name": "design", "cycles": "cycles"}).splitlines()
    assert lines[0] == "design  cycles"
    assert lines[2] == "a            5"
    assert lines[3] == "long     1,500"


def test_json_has_no_infinity() -> None:
    assert json.loads(json_rows([{"bound": float("inf"), "n": 1}])) == [{"bound": None, "n": 1}]
