from typing import Any

import pytest
import yaml

from sim import UserError
from sim.declared import ROOT
from workflow.plan.image_checks import check_images
from workflow.plan.layout import Layout


@pytest.fixture
def config() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "config" / "config.yaml").read_text())


@pytest.mark.parametrize(
    ("keys", "most", "message"),
    [
        (("trace_images",), 360, "trace_images: 361 are asked for, but there are 360 test images"),
        (("training", "shapes", "fine_tuning", "held_out_images"), 12000 - 256, "training images"),
        (("spex", "settings", "sample_images"), 12000, "12000 images of shapes to search on"),
        (("threshold_search", "settings", "sample_images"), 12000, "12001 are asked for"),
    ],
)
def test_more_images_than_there_are_are_refused(
    config: dict[str, Any], keys: tuple[str, ...], most: int, message: str
) -> None:
    section = config
    for key in keys[:-1]:
        section = section[key]
    section[keys[-1]] = most
    check_images(Layout(config))
    section[keys[-1]] = most + 1
    with pytest.raises(UserError, match=message):
        check_images(Layout(config))


def test_detectors_have_the_canvases_of_their_section(config: dict[str, Any]) -> None:
    config["detection"]["networks"] = {"yolov5s": {"width": 0.25}}
    config["detection"]["canvases"]["test"] = 31
    with pytest.raises(
        UserError, match=r"detection.trace_images: 32 .* 31 test images of canvases"
    ):
        check_images(Layout(config))
