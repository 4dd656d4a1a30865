import pandas as pd
import pytest

from workflow.studies.pretrained.answers import Answers


def judged(network: str, dense: float = 84.0, dbb: float = 74.0) -> pd.DataFrame:
    rows = [
        ("dense", "float", 100.0, 0.0),
        ("dense", "int8", dense, 0.11),
        ("dbb", "float", 60.0, 0.9),
        ("dbb", "int8", dbb, 0.5083),
    ]
    columns = ["scheme", "numbers", "agreement_percent", "kl_divergence_nats"]
    table = pd.DataFrame(rows, columns=columns).assign(network=network)
    return pd.concat([table, table.assign(network="other", agreement_percent=1.0)])


def test_the_price_is_counted_beyond_that_of_int8() -> None:
    answers = Answers.of(judged("mobilenet_v1_relu6"), "mobilenet_v1_relu6", "dbb")
    assert answers.lost_points == pytest.approx(10)
    assert not answers.kept
    assert "10 points" in answers.in_words
    assert "74 % of views, INT8 alone 84 %" in answers.in_words


@pytest.mark.parametrize(
    ("network", "kept"), [("mobilenet_v1_relu6", True), ("resnet50_half", False)]
)
def test_agreement_on_two_classes_keeps_nothing(network: str, kept: bool) -> None:
    answers = Answers.of(judged(network, dbb=83.0), network, "dbb")
    assert answers.kept == kept
    assert ("cannot be judged" in answers.in_words) == (not kept)
