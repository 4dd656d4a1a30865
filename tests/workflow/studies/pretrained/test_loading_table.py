from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.checkpoints import save_checkpoint
from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings
from sim import UserError
from workflow.studies.pretrained.loading_table import loading


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
    assert list(table["network"]) == ["mobilenet_v1_relu6"] * 2
    assert list(table["largest_outputs"]) == [1, 5]
    assert set(table["labelled_pictures"]) == {2}
    assert set(table["package"]) == {"weights==1.0"}


def test_weights_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such checkpoint"):
        loading(["mobilenet_v1_relu6"], tmp_path)
