import pytest

from models.compression.blocks.rule import BlockRule
from sim.errors import UserError


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"width": 8, "height": 4}, "block is 8x4; expected one of 8x8, 16x16, 1x16, 4x4"),
        ({"criterion": "median"}, "criterion is 'median'; expected one of signed_mean"),
    ],
)
def test_wrong_rules_are_named(rule: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        BlockRule(**rule)  # type: ignore[arg-type]
