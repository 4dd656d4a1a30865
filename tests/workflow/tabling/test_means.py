import numpy as np
import pandas as pd
import pytest

from workflow.tabling.means import MEAN, geometric_mean, geometric_means


def test_the_mean_of_a_ratio_and_of_its_inverse_are_inverse() -> None:
    table = pd.DataFrame({"suite": "a", "gain": [2.0, 8.0], "loss": [0.5, 0.125]})
    (row,) = geometric_means(table, ["suite"], ["gain", "loss"]).to_dict("records")
    assert row == {"suite": "a", "gain": pytest.approx(4), "loss": pytest.approx(0.25)} | {
        "network": MEAN
    }


def test_groups_keep_their_order_and_missing_values_are_left_out() -> None:
    table = pd.DataFrame({"suite": ["b", "b", "a"], "gain": [9.0, np.nan, np.nan]})
    means = geometric_means(table, ["suite"], ["gain"])
    assert list(means["suite"]) == ["b", "a"]
    assert means["gain"].to_list() == [pytest.approx(9), pytest.approx(np.nan, nan_ok=True)]


def test_the_mean_of_two_and_eight_is_four() -> None:
    assert geometric_mean(pd.Series([2.0, float("nan"), 8.0])) == pytest.approx(4)
