"""Networks are found by folder: one more file is all that a new one takes."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.graph.layer_table import layer_table
from models.imagenet.modelled import modelled_trace
from models.imagenet.settings import FullSizeSettings
from models.networks import build, network_record, networks
from models.networks.network import InputForm
from models.networks.titles import network_titles
from sim.declared import data_files
from sim.errors import UserError

TOY = '''
"""A toy with one convolution."""

import torch
from torch import Tensor, nn

from models.networks.network import InputForm, Network
from models.networks.variant import Variant


class ToyNet(nn.Module):
    def __init__(self, variant: Variant) -> None:
        super().__init__()
        self.conv = nn.Conv2d(variant.in_channels, variant.channels(16), 3, padding=1)
        self.relu = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool2d(4)
        self.fc = nn.Linear(variant.channels(16) * 16, variant.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(torch.flatten(self.pool(self.relu(self.conv(x))), 1))


NETWORKS = (
    Network(
        name="toynet",
        title="A toy",
        place=35,
        build=ToyNet,
        form=InputForm(32, 40, 1, (0.5,), (0.25,)),
        classes=7,
    ),
)
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose files count as files of models/networks."""
    import models.networks
    from models.networks import titles

    def with_more(pattern: str) -> list[Path]:
        files = data_files(pattern)
        return [*files, *sorted(tmp_path.glob("*.py"))] if "models/networks" in pattern else files

    monkeypatch.setattr(models.networks, "__path__", [*models.networks.__path__, str(tmp_path)])
    monkeypatch.setattr(titles, "data_files", with_more)
    for cache in (networks, network_titles):
        cache.cache_clear()
    yield tmp_path
    for cache in (networks, network_titles):
        cache.cache_clear()
    for path in tmp_path.glob("*.py"):
        sys.modules.pop(f"models.networks.{path.stem}", None)


def test_one_more_file_is_one_more_network_with_layers_title_and_trace(folder: Path) -> None:
    (folder / "toynet.py").write_text(TOY)
    assert list(networks())[3] == "toynet"
    assert network_titles()["toynet"] == "A toy"
    layers = layer_table(build("toynet", in_channels=1), (1, 32, 40))
    assert [layer.name for layer in layers] == ["conv", "fc"]
    trace = modelled_trace("toynet", "dbb", FullSizeSettings(images=1)).trace
    assert [(t.layer.name, t.layer.input_size, t.layer.out_channels) for t in trace.traces] == [
        ("conv", (32, 40), 16),
        ("fc", (1, 1), 7),
    ]


def test_two_files_with_one_name_are_refused(folder: Path) -> None:
    (folder / "another_lenet.py").write_text("from models.networks.lenet import NETWORKS\n")
    with pytest.raises(UserError, match="define lenet5 twice"):
        networks()


def test_lists_and_figures_have_one_order() -> None:
    first = ("lenet5", "alexnet", "alexnet_caffe", "vgg16", "resnet50", "mobilenet_v1")
    assert tuple(networks())[:6] == first


def test_records_say_what_a_network_takes_and_gives() -> None:
    assert network_record("resnet50").form == InputForm(224, 224)
    assert network_record("lenet5").form.shape == (1, 28, 28)
    detectors = {name for name, record in networks().items() if record.detector}
    assert detectors == {"yolov5s", "yolov5s_relu"}
    for name, record in networks().items():
        assert re.fullmatch(r"[a-z0-9_]+", name)
        assert record.name == name


def test_an_unknown_network_gets_a_suggestion() -> None:
    with pytest.raises(UserError, match=r"unknown network 'resnet51' \(did you mean"):
        build("resnet51")
