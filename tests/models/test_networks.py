"""Networks are found by folder: one more file is all that a new one takes."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models.networks import build, network_record, networks
from models.networks.network import InputForm
from sim.errors import UserError

ROOT = Path(__file__).parents[2]
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
USE = """
from models.graph.layer_table import layer_table
from models.imagenet.settings import FullSizeSettings
from models.imagenet.modelled import modelled_trace
from models.networks import build, networks
from models.networks.titles import network_titles

assert list(networks())[3] == "toynet", list(networks())
assert network_titles()["toynet"] == "A toy"
print(*layer_table(build("toynet", in_channels=1), (1, 32, 40)), sep=chr(10))
trace = modelled_trace("toynet", "dbb", FullSizeSettings(images=1)).trace
print([(t.layer.name, t.layer.input_size, t.layer.out_channels) for t in trace.traces])
"""


def run_in(folder: Path, code: str) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_more_file_is_one_more_network_with_layers_title_and_trace(tmp_path: Path) -> None:
    for package in ("models", "sim"):
        shutil.copytree(ROOT / package, tmp_path / package)
    (tmp_path / "models" / "networks" / "toynet.py").write_text(TOY)
    *_, last = run_in(tmp_path, USE).splitlines()
    assert last == "[('conv', (32, 40), 16), ('fc', (1, 1), 7)]"


def test_two_files_with_one_name_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import models.networks

    (tmp_path / "another_lenet.py").write_text("from models.networks.lenet import NETWORKS\n")
    monkeypatch.setattr(models.networks, "__path__", [*models.networks.__path__, str(tmp_path)])
    networks.cache_clear()
    try:
        with pytest.raises(UserError, match="define lenet5 twice"):
            networks()
    finally:
        networks.cache_clear()
        sys.modules.pop("models.networks.another_lenet", None)


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
