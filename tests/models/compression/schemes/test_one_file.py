"""One more file in the folder of schemes is one more scheme: trained, traced and modelled."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from models.checkpoints import read_metadata, save_checkpoint
from models.networks import build
from sim import read_trace

ROOT = Path(__file__).parents[4]
TOY = '''
"""A toy: every second filter keeps its weights."""

from dataclasses import dataclass

import numpy as np
import torch

from models.compression.full_size import ModelledScheme
from models.compression.scheme import Samples, Scheme
from models.compression.weight_masks import apply_weight_masks, prunable_layers
from models.graph.stored_tensors import SparseNetwork, weight
from sim.layer import Layer, Mask


@dataclass(frozen=True, kw_only=True)
class EverySecond(Scheme):
    offset: int = 0

    def prune(self, network: SparseNetwork, samples: Samples) -> None:
        masks = {}
        for name, layer in prunable_layers(network).items():
            masks[name] = torch.zeros_like(weight(layer), dtype=torch.bool)
            masks[name][self.offset :: 2] = True
        apply_weight_masks(network, masks)


@dataclass(frozen=True, kw_only=True)
class FullSizeEverySecond(ModelledScheme):
    toy_offset: int = 0

    @property
    def pruning(self) -> Scheme:
        return EverySecond(offset=self.toy_offset, fine_tune_epochs=0)

    def weight_mask(
        self, layer: Layer, density: float, spread: float, rng: np.random.Generator
    ) -> Mask:
        mask = np.zeros(layer.weight_shape, np.bool_)
        mask[self.toy_offset :: 2] = True
        return mask


SCHEME = EverySecond
FULL_SIZE = FullSizeEverySecond
'''
NAMES = ["--suite", "digits", "--network", "lenet5", "--scheme", "every_second"]
FORM = {"num_classes": 10, "in_channels": 1, "input_size": 32, "width": 1.0}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the toy in it."""
    root = tmp_path_factory.mktemp("tree")
    for package in ("models", "sim", "workflow", "config"):
        shutil.copytree(ROOT / package, root / package)
    (root / "models" / "compression" / "schemes" / "every_second.py").write_text(TOY)
    return root


STEPS = """
import json, sys
from importlib import import_module

for name, arguments in json.load(sys.stdin):
    sys.argv = [name, *arguments]
    import_module(f"workflow.steps.{name}").main()
"""
CONFIGURED = """
import sys, yaml
from pathlib import Path
from workflow.plan.check_config import check_config

config = yaml.safe_load(Path("config/config.yaml").read_text())
config["compression"]["every_second"] = {"offset": 1}
runs = {"suite": "digits", "networks": ["lenet5"], "schemes": ["every_second"]}
check_config({**config, "runs": [*config["runs"], runs]})
"""


def run(tree: Path, code: str, text: str = "") -> None:
    """Run Python code in the copy, as a job does."""
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        cwd=tree,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def made(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of the three steps that know schemes, run in one process: PyTorch starts slowly."""
    folder = tmp_path_factory.mktemp("made")
    torch.manual_seed(0)
    trained, compressed = folder / "trained.safetensors", folder / "compressed.safetensors"
    metadata = {"suite": "digits", "network": "lenet5", "seed": 0, "build": FORM}
    save_checkpoint(trained, build("lenet5", **FORM), metadata)
    pruning = {"offset": 1, "fine_tune_epochs": 0, "held_out_images": 8, "threads": 1}
    modelling = {"images": 1, "toy_offset": 1, "activation_masks": "generator"}
    compress = ("--checkpoint", trained, "--settings", json.dumps(pruning))
    model = ("--network", "lenet5", "--scheme", "every_second", "--settings", json.dumps(modelling))
    steps = {
        "compress": [*NAMES, *compress, "--output", compressed, "--metrics", folder / "m.json"],
        "trace": [*NAMES, "--checkpoint", compressed, "--output", folder / "trace.safetensors"],
        "imagenet_trace": [*model, "--output", folder / "modelled.safetensors"],
    }
    run(tree, STEPS, json.dumps([(name, [*map(str, values)]) for name, values in steps.items()]))
    return folder


def test_a_trained_network_is_compressed_and_traced(made: Path) -> None:
    assert read_metadata(made / "compressed.safetensors")["scheme"] == "every_second"
    recorded = read_trace(made / "trace.safetensors")
    weight = {trace.layer.name: trace.weight for trace in recorded.traces}["conv2"]
    assert not weight[0::2].any()
    assert weight[1::2].mean() > 0.9


def test_full_size_networks_are_modelled_under_it(made: Path) -> None:
    trace = read_trace(made / "modelled.safetensors")
    weight = {trace.layer.name: trace.weight for trace in trace.traces}["conv2"]
    assert not weight[0::2].any()
    assert weight[1::2].all()
    assert trace.provenance.data.startswith("weights: every_second, random positions;")


def test_configurations_may_name_it(tree: Path) -> None:
    run(tree, CONFIGURED)
