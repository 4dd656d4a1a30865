from pathlib import Path
from typing import Any

import pytest
import yaml

from models.datasets.idx import NAMES
from sim import UserError
from tests.workflow.plan.data_sets import data_set
from workflow.plan.check_config import check_config
from workflow.plan.plan import Plan

ROOT = Path(__file__).parents[3]


@pytest.fixture
def config() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "config/config.yaml").read_text())


def test_a_suite_of_files_is_tracked_and_needs_them_where_it_is_run(
    config: dict[str, Any], tmp_path: Path
) -> None:
    suite = {"folder": str(tmp_path), **config["training"]["digits"]}
    config["training"]["mnist"] = suite
    check_config(config)  # no run has it
    config["runs"].append({"suite": "mnist", "networks": ["lenet5"], "schemes": ["dense"]})
    with pytest.raises(UserError, match=r"training\.mnist\.folder: .*no file train-images-idx3"):
        check_config(config)
    data_set(tmp_path)
    check_config(config)
    files = Plan(config, ROOT).training.files("mnist")
    assert files == [str(tmp_path / name) for name in NAMES]
    assert Plan(config, ROOT).training.files("digits") == []
    del suite["folder"]
    with pytest.raises(UserError, match=r"training\.mnist: folder is missing"):
        check_config(config)


def test_a_suite_that_is_made_here_takes_no_folder(config: dict[str, Any]) -> None:
    config["training"]["digits"]["folder"] = "data"
    with pytest.raises(UserError, match=r"training\.digits\.folder: .*reads no files"):
        check_config(config)


@pytest.mark.parametrize(
    ("network", "message"),
    [("yolov5s", "yolov5s is a detector"), ("bert_base", "images of 32 pixels: .* does not fit")],
)
def test_a_network_that_no_image_of_the_suite_fits_is_refused(
    config: dict[str, Any], network: str, message: str
) -> None:
    config["training"]["digits"]["networks"][network] = {"width": 0.25}
    with pytest.raises(UserError, match=rf"digits\.networks\.{network}: {message}"):
        check_config(config)
