import pytest

from models.pretrained.intervals import Share


@pytest.mark.parametrize(
    ("hits", "low", "high"), [(16, 58.4, 91.9), (18, 69.9, 97.2), (0, 0.0, 16.1), (20, 83.9, 100.0)]
)
def test_wilsons_interval_of_twenty(hits: int, low: float, high: float) -> None:
    assert Share(hits, 20).interval_percent == pytest.approx((low, high), abs=0.05)
