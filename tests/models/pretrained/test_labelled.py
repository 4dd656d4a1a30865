from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn

from models.networks.network import InputForm
from models.pretrained.intervals import Share
from models.pretrained.labelled import labelled_pictures, top_share
from sim.errors import UserError


def test_top_share_counts_the_largest_outputs() -> None:
    outputs = torch.tensor([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [0.0, 1.0, 2.0]])
    labels = torch.tensor([0, 1, 0])
    assert top_share(nn.Identity(), outputs, labels, 1) == Share(1, 3)
    assert top_share(nn.Identity(), outputs, labels, 2) == Share(2, 3)


def test_labels_are_in_the_names(tmp_path: Path) -> None:
    (tmp_path / "labelled").mkdir()
    for name in ("imagenet_01_559", "imagenet_00_243"):
        Image.new("RGB", (64, 64)).save(tmp_path / "labelled" / f"{name}.jpg")
    pictures = labelled_pictures(tmp_path, InputForm(32, 32))
    assert pictures.labels == (243, 559)
    assert pictures.images().shape == (2, 3, 32, 32)


def test_pictures_that_were_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no labelled pictures; fetch them"):
        labelled_pictures(tmp_path, InputForm(32, 32))
