from pathlib import Path

import numpy as np
import pytest
import torch

from models.compression.blocks.convolution import BlockConv2d
from models.compression.blocks.pruning import input_scales
from models.compression.blocks.recording import recorded_blocks
from models.compression.procedure import compress, compressed_form, pruning_of
from models.compression.schemes import scheme
from models.compression.schemes.blockwise import Blockwise
from models.datasets import Dataset
from models.graph.stored_tensors import SparseNetwork
from models.tracing import trace_network
from sim import NetworkTrace, Provenance, read_trace, write_trace
from sim.errors import UserError
from sim.masks.blocks import natural_zero_blocks
from tests.models.compression.samples import samples
from tests.models.toy import toy, toy_images


def toy_data() -> Dataset:
    images = toy_images(120, seed=4)
    with torch.no_grad():
        labels = toy()(images).argmax(1)
    return Dataset("toys", images[:80], labels[:80], images[80:], labels[80:])


def compressed(threshold: float) -> SparseNetwork:
    settings = Blockwise(
        threshold=threshold, block=(4, 4), held_out_images=16, calibration_images=32, threads=1
    )
    return compress(toy(), toy_data(), settings)[0]


def thresholds_of(network: SparseNetwork) -> dict[str, float]:
    return {
        name: layer.threshold
        for name, layer in network.layers.items()
        if isinstance(layer, BlockConv2d)
    }


def test_thresholds_scale_with_the_input_of_each_convolution() -> None:
    network = SparseNetwork(toy())
    scales = input_scales(toy(), toy_images())
    Blockwise(threshold=0.5, thresholds={"conv": 2.0}).prune(network, samples())
    thresholds = thresholds_of(network)
    assert set(thresholds) == {"stem", "depthwise", "pointwise", "conv", "shortcut", "strided"}
    assert thresholds["stem"] == pytest.approx(0.5 * float(toy_images().abs().mean()))
    assert thresholds["conv"] == pytest.approx(2.0 * scales["conv"])
    assert scales["conv"] == scales["shortcut"], "they read the same tensor"


def test_blocks_survive_quantization_and_a_checkpoint() -> None:
    network, images = compressed(0.8), toy_images(5, seed=9)
    restored = compressed_form(toy(seed=8), pruning_of(network))
    restored.module.load_state_dict(network.module.state_dict())
    assert torch.equal(restored.module(images), network.module(images))
    plain = compressed_form(toy(seed=8), pruning_of(network) | {"blocks": None})
    plain.module.load_state_dict(network.module.state_dict())
    assert not torch.equal(plain.module(images), network.module(images)), "blocks do something"


def test_other_networks_have_no_blocks() -> None:
    assert pruning_of(SparseNetwork(toy()))["blocks"] is None


def test_trace_carries_the_zero_blocks_of_each_convolution(tmp_path: Path) -> None:
    network, images = compressed(0.8), toy_images(3)
    provenance = Provenance("toys", "toy", "blockwise", "measured", "measured", "random images")
    write_trace(tmp_path / "trace", trace_network(toy(), network, images, provenance))
    trace: NetworkTrace = read_trace(tmp_path / "trace")
    with recorded_blocks(network.module) as maps:
        network.module(images)
    for entry in trace.traces:
        name = entry.layer.name
        if entry.layer.is_linear:
            assert entry.block_map is None
            continue
        assert entry.block_map is not None
        assert np.array_equal(entry.block_map.zero, maps[name].zero), name
        natural = natural_zero_blocks(entry.layer, entry.activation, 4, 4)
        assert not (natural & ~entry.block_map.zero).any(), "zero blocks stay zero"
        assert entry.block_map.zero.sum() > natural.sum(), "and some were created"


def test_thresholds_of_a_search_are_read(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.yaml"
    path.write_text("block: [1, 16]\ncriterion: max_magnitude\nthresholds: {conv: 0.25}\n")
    settings = Blockwise(thresholds_file=str(path)).with_thresholds_read()
    assert (settings.rule.name, settings.criterion) == ("1x16", "max_magnitude")
    assert settings.thresholds == {"conv": 0.25}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("block: [8, 8]\n", "lacks 'criterion'"),
        ("[1, 2]", "lacks 'block'"),
        ("a: b: c", "not YAML"),
        (
            "block: [8, 8]\ncriterion: signed_mean\nthresholds: {conv: -1}",
            r"thresholds\.conv is -1",
        ),
    ],
)
def test_wrong_threshold_files_are_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "thresholds.yaml"
    path.write_text(content)
    with pytest.raises(UserError, match=message):
        Blockwise(thresholds_file=str(path)).prune(SparseNetwork(toy()), samples())


def test_wrong_settings_are_named() -> None:
    with pytest.raises(UserError, match="threshold is -1; expected a number of at least 0"):
        Blockwise(threshold=-1)
    with pytest.raises(UserError, match=r"thresholds\.conv is nan"):
        Blockwise(thresholds={"conv": float("nan")})
    with pytest.raises(UserError, match="block is 3x3; expected one of 8x8"):
        Blockwise(block=(3, 3))
    with pytest.raises(UserError, match=r"block is 8; expected \[width, height\]"):
        Blockwise(block=8)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="criterion is 'l2'"):
        Blockwise(criterion="l2")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="no such thresholds"):
        Blockwise(thresholds_file="none.yaml").prune(SparseNetwork(toy()), samples())
    with pytest.raises(UserError, match="did you mean 'conv'"):
        Blockwise(thresholds={"comv": 1.0}).prune(SparseNetwork(toy()), samples())


def test_scheme_is_registered() -> None:
    assert scheme("blockwise") is Blockwise
