"""One more file in the folder of schemes is one more scheme: trained, traced and modelled."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from models.checkpoints import read_metadata, save_checkpoint
from models.compression import schemes
from models.compression.schemes import full_size_schemes
from models.networks import build
from sim import read_trace
from sim.declared import data_files
from workflow.plan import known_names
from workflow.plan.check_config import check_config
from workflow.steps import compress, imagenet_trace, trace

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
def toy_scheme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The toy in a folder whose files count as files of models/compression/schemes."""
    folder = tmp_path_factory.mktemp("schemes")
    (folder / "every_second.py").write_text(TOY)

    def with_toy(pattern: str) -> list[Path]:
        return [*data_files(pattern), *folder.glob("*.py")]

    caches: list[Any] = [full_size_schemes, known_names.known_schemes]
    for cache in caches:
        cache.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schemes, "__path__", [*schemes.__path__, str(folder)])
        patch.setattr(known_names, "data_files", with_toy)
        yield
    for cache in caches:
        cache.cache_clear()
    sys.modules.pop("models.compression.schemes.every_second", None)


@pytest.fixture(scope="module")
def made(toy_scheme: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of the three steps that know schemes."""
    folder = tmp_path_factory.mktemp("made")
    torch.manual_seed(0)
    trained, compressed = folder / "trained.safetensors", folder / "compressed.safetensors"
    metadata = {"suite": "digits", "network": "lenet5", "seed": 0, "build": FORM}
    save_checkpoint(trained, build("lenet5", **FORM), metadata)
    pruning = {"offset": 1, "fine_tune_epochs": 0, "held_out_images": 8, "threads": 1}
    modelling = {"images": 1, "toy_offset": 1, "activation_masks": "generator"}
    pruned = ("--checkpoint", trained, "--settings", json.dumps(pruning), "--output", compressed)
    model = ("--network", "lenet5", "--scheme", "every_second", "--settings", json.dumps(modelling))
    steps: dict[Any, list[Any]] = {
        compress: [*NAMES, *pruned, "--metrics", folder / "m.json"],
        trace: [*NAMES, "--checkpoint", compressed, "--output", folder / "trace.safetensors"],
        imagenet_trace: [*model, "--output", folder / "modelled.safetensors"],
    }
    for step, arguments in steps.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["step", *map(str, arguments)])
            step.main()
    return folder


def test_a_trained_network_is_compressed_and_traced(made: Path) -> None:
    assert read_metadata(made / "compressed.safetensors")["scheme"] == "every_second"
    recorded = read_trace(made / "trace.safetensors")
    weight = {layer.layer.name: layer.weight for layer in recorded.traces}["conv2"]
    assert not weight[0::2].any()
    assert weight[1::2].mean() > 0.9


def test_full_size_networks_are_modelled_under_it(made: Path) -> None:
    modelled = read_trace(made / "modelled.safetensors")
    weight = {layer.layer.name: layer.weight for layer in modelled.traces}["conv2"]
    assert not weight[0::2].any()
    assert weight[1::2].all()
    assert modelled.provenance.data.startswith("weights: every_second, random positions;")


def test_configurations_may_name_it(toy_scheme: None) -> None:
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    config["compression"]["every_second"] = {"offset": 1}
    run = {"suite": "digits", "networks": ["lenet5"], "schemes": ["every_second"]}
    check_config({**config, "runs": [*config["runs"], run]})
