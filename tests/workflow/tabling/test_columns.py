import pandas as pd
import pytest

from sim import UserError
from workflow.tabling.columns import checked

GOOD = pd.DataFrame(
    {
        "suite": ["digits"],
        "activation_source": ["measured"],
        "top1_int8_percent": [97.5],
        "weight_density": [0.5],
        "speedup": [2.1],
        "dram_bytes_per_image": [0.0],
    }
)


def test_a_good_table_passes() -> None:
    assert checked(GOOD, "t") is GOOD


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("top1_int8_percent", 101.0),
        ("weight_density", -0.1),
        ("speedup", 0.0),
        ("dram_bytes_per_image", -1.0),
        ("activation_source", "guessed"),
        ("suite", None),
    ],
)
def test_a_bad_cell_is_named(column: str, value: object) -> None:
    with pytest.raises(UserError, match=column):
        checked(GOOD.assign(**{column: [value]}), "t")


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(UserError, match="no row"):
        checked(GOOD.iloc[:0], "t")
