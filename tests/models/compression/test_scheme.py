import pytest

from models.compression.scheme import Samples
from models.compression.schemes.dense import Dense
from models.graph.stored_tensors import SparseNetwork
from models.training import Recipe
from sim.errors import UserError
from tests.models.compression.samples import samples
from tests.models.toy import toy, toy_images


def test_fine_tuning_is_a_recipe_or_nothing() -> None:
    assert Dense(fine_tune_epochs=0).fine_tuning is None
    assert Dense(fine_tune_epochs=3, learning_rate=0.1, seed=4, threads=1).fine_tuning == Recipe(
        epochs=3, batch_size=128, learning_rate=0.1, seed=4, threads=1
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"held_out_images": 0}, "held_out_images is 0"),
        ({"calibration_images": -1}, "calibration_images is -1"),
        ({"learning_rate": 2.0}, "learning_rate is 2"),
    ],
)
def test_values_out_of_range_are_refused(changes: dict[str, float], message: str) -> None:
    with pytest.raises(UserError, match=message):
        Dense(**changes)  # type: ignore[arg-type]


def test_an_accuracy_is_asked_for_only_where_there_are_labels() -> None:
    assert samples(70.0).require_accuracy("a budget")(SparseNetwork(toy())) == 70.0
    with pytest.raises(UserError, match="a budget needs labelled images"):
        Samples(toy_images()).require_accuracy("a budget")
