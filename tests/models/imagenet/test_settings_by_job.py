from pathlib import Path
from typing import Any

import pytest

from models.imagenet.settings_by_job import (
    ModelledZeros,
    NetworkShape,
    PictureRepair,
    UserInputs,
)
from models.networks import network_record
from sim.errors import UserError


def test_a_shape_that_says_nothing_is_the_published_one() -> None:
    assert NetworkShape().form("lenet5") == network_record("lenet5").form
    assert NetworkShape().classes("yolov5s") == 80


def test_a_shape_changes_the_sides_and_keeps_the_scaling_of_pixels() -> None:
    form = NetworkShape(input_height=96, num_classes=5).form("googlenet")
    assert form.shape == (3, 96, 224)
    assert form.mean == (0.5, 0.5, 0.5)
    assert NetworkShape(num_classes=5).classes("googlenet") == 5


def test_an_image_folder_is_a_path() -> None:
    assert UserInputs(image_folder="val").folder == Path("val")
    assert UserInputs().folder is None


def test_zeros_are_clustered_as_the_settings_say() -> None:
    clustering = ModelledZeros(clustering="iid", channel_std=0.1).mask_structure
    assert (clustering.mode, clustering.channel_std) == ("iid", 0.1)


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (UserInputs, {"test_images": 0}, "test_images is 0"),
        (UserInputs, {"calibration_images": 0}, "calibration_images is 0"),
        (NetworkShape, {"num_classes": 0}, "num_classes is 0"),
        (ModelledZeros, {"default_weight_density": 2}, "default_weight_density is 2"),
        (ModelledZeros, {"densities_file": ""}, "densities_file is ''"),
        (PictureRepair, {"judged_views": 0}, "judged_views is 0"),
    ],
)
def test_values_out_of_range_are_refused(
    kind: type[Any], values: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        kind(**values)
