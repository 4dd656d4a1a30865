import pytest

from models.imagenet.settings import FullSizeSettings
from models.imagenet.training_settings import UserTraining
from sim.errors import UserError


@pytest.mark.parametrize(
    "values",
    [
        {"fine_tune_epochs": 0},
        {"fine_tune_batch_size": 0},
        {"fine_tune_learning_rate": 2.0},
        {"fine_tune_threads": 0},
        {"kept_every_steps": 0},
        {"device": "gpu"},
        {"mixed_precision": "yes"},
    ],
)
def test_values_are_checked(values: dict[str, object]) -> None:
    with pytest.raises(UserError, match="expected"):
        FullSizeSettings.of(values)


def test_the_recipe_is_that_of_the_keys() -> None:
    recipe = UserTraining(fine_tune_epochs=3, fine_tune_batch_size=7).recipe(seed=5)
    assert (recipe.epochs, recipe.batch_size, recipe.seed) == (3, 7, 5)
