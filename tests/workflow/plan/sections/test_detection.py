from pathlib import Path
from typing import Any

import pytest
import yaml

from models.networks import build
from sim import UserError
from workflow.cli import settings
from workflow.plan.check_config import check_config
from workflow.plan.layout import Layout, as_json
from workflow.plan.sections.detection import Detectors
from workflow.plan.sections.spex import Spex
from workflow.search.spex.settings import SpexSettings
from workflow.steps.canvases import CanvasSettings
from workflow.steps.train_settings import TrainSettings

ROOT = Path(__file__).parents[4]


@pytest.fixture
def config() -> dict[str, Any]:
    """The default configuration with the detectors of the full one."""
    default, full = (
        yaml.safe_load((ROOT / "config" / name).read_text())
        for name in ("config.yaml", "full.yaml")
    )
    return default | {
        "detection": default["detection"] | full["detection"],
        "spex": full["spex"]
        | {"searches": [*default["spex"]["searches"], full["spex"]["searches"][-1]]},
    }


def test_the_default_trains_no_detector() -> None:
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    detectors = Detectors(Layout(config))
    assert detectors.networks == detectors.metrics() == detectors.runs() == []


def test_the_full_configuration_has_both_activations_with_valid_settings(
    config: dict[str, Any],
) -> None:
    detectors = Detectors(Layout(config))
    assert detectors.networks == ["yolov5s", "yolov5s_relu"]
    assert settings(CanvasSettings, as_json(detectors.canvases())).seed == config["seed"]
    for network in detectors.networks:
        training = settings(TrainSettings, as_json(detectors.training(network)))
        build(network, num_classes=10, in_channels=1, width=training.width, input_size=96)


def test_files_are_where_the_rules_make_them(config: dict[str, Any]) -> None:
    detectors = Detectors(Layout(config))
    assert detectors.metrics()[0].endswith("networks/canvases/yolov5s/dense.json")
    assert ("canvases", "yolov5s_relu", "dense") in detectors.runs()
    assert not any(scheme == "dbb" for _, _, scheme in detectors.runs())


def test_scheme_blockwise_takes_the_thresholds_of_its_own_search(config: dict[str, Any]) -> None:
    layout = Layout(config)
    compression = Detectors(layout).blockwise("yolov5s")
    assert compression["thresholds_file"].endswith("spex/canvases/yolov5s/8x8/greedy.yaml")
    searched = Spex(layout).settings("canvases", "yolov5s", "8x8")
    assert searched["sample_images"] <= config["detection"]["canvases"]["validation"]
    assert settings(SpexSettings, as_json(searched)).block == [8, 8]


def test_blockwise_detectors_need_a_search(config: dict[str, Any]) -> None:
    check_config(config)
    config["spex"]["searches"].pop()
    with pytest.raises(
        UserError, match=r"canvases/yolov5s/blockwise, but spex\.searches has no greedy"
    ):
        check_config(config)


def test_only_detectors_are_searched_on_canvases(config: dict[str, Any]) -> None:
    config["spex"]["searches"][-1]["networks"] = ["resnet50"]
    with pytest.raises(UserError, match=r"of suite canvases 'resnet50'"):
        check_config(config)


def test_the_suite_decides_fine_tuning_and_a_network_may_differ(config: dict[str, Any]) -> None:
    config["compression"] = {"dense": {"networks": {"yolov5s": {"held_out_images": 7}}}}
    detectors = Detectors(Layout(config))
    searched, plain = (detectors.compression(name, "dense") for name in ("yolov5s", "yolov5s_relu"))
    assert searched["held_out_images"] == 7
    assert plain["held_out_images"] == config["detection"]["fine_tuning"]["held_out_images"]
    assert searched["fine_tune_epochs"] == plain["fine_tune_epochs"] == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"schemes": ["dens"]},
            "schemes.0.: unknown scheme 'dens'.*did you mean 'dense'",
        ),
        ({"networks": {"vgg16": {}}}, "detection.networks"),
        (
            {"canvases": {"train": 0, "validation": 1, "test": 1}},
            "canvases.train: 0 is less than the minimum",
        ),
        ({"epochs": 3}, "unknown key 'epochs'"),
    ],
)
def test_mistakes_are_named(config: dict[str, Any], change: dict[str, Any], message: str) -> None:
    config["detection"] |= change
    with pytest.raises(UserError, match=message):
        check_config(config)
