"""Modelled traces on narrow networks; the published sizes run in the slow test."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.imagenet import modelled
from models.imagenet.modelled import ModelledNetwork, ModelledTrace, modelled_trace
from models.imagenet.modelled_activations import activation_masks
from models.imagenet.settings import FullSizeSettings, modelled_schemes
from sim import LayerTrace, read_trace, write_trace
from sim.errors import UserError
from sim.generate.statistics import mask_statistics


def settings(**changes: Any) -> FullSizeSettings:
    small = {"width": 0.25, "input_height": 96, "input_width": 96, "images": 2}
    return FullSizeSettings.of(small | changes)


@cache  # nobody changes a trace
def made(network: str, scheme: str, **changes: Any) -> ModelledTrace:
    return modelled_trace(network, scheme, settings(**changes))


def layers(network: str, scheme: str, **changes: Any) -> dict[str, LayerTrace]:
    """Photographs are the default source; saying so would make the same trace again."""
    if changes.get("activation_masks") == "photographs":
        changes.pop("activation_masks")
    return {trace.layer.name: trace for trace in made(network, scheme, **changes).trace.traces}


@pytest.mark.parametrize("source", ["photographs", "generator"])
def test_relu_inputs_reach_their_densities(source: str) -> None:
    changes = {} if source == "photographs" else {"activation_masks": source}
    densities = made("resnet50", "dense", **changes).densities
    for name, trace in layers("resnet50", "dense", **changes).items():
        aimed = densities[name].activation.value
        if name != "fc":  # behind the average, where channels may be dead
            assert trace.activation_density == pytest.approx(aimed, abs=0.002)
        assert trace.weight.all()


def test_photographs_give_clustered_zeros_that_spread_over_channels() -> None:
    inner = [
        mask_statistics(trace.activation)
        for name, trace in layers("resnet50", "dense").items()
        if name.startswith(("layer1", "layer2"))
    ]
    spread = np.array([s.channel_std for s in inner])
    assert np.median(spread) == pytest.approx(0.28, abs=0.07)  # as measured at half width
    agreement = np.array([s.neighbour_agreement for s in inner])
    independent = np.array([s.density**2 + (1 - s.density) ** 2 for s in inner])
    assert (agreement > independent + 0.1).all()
    even = [
        mask_statistics(trace.activation).channel_std
        for name, trace in layers("resnet50", "dense", channel_spread=0.0).items()
        if name.startswith(("layer1", "layer2"))
    ]
    assert np.median(even) < 0.5 * np.median(spread)


def test_layers_that_read_one_tensor_have_one_mask() -> None:
    for source in ("photographs", "generator"):
        masks = layers("resnet18", "dbb", activation_masks=source)
        assert sum(trace.layer.residual_elements > 0 for trace in masks.values()) == 8
        np.testing.assert_array_equal(
            masks["layer2.0.conv1"].activation, masks["layer2.0.downsample.0"].activation
        )


def test_inputs_without_relu_have_no_zeros_to_speak_of() -> None:
    masks = layers("mobilenet_v3_small", "dense")
    assert masks["features.0.0"].activation_density > 0.97
    assert masks["features.5.block.1.0"].activation_density > 0.9  # hard swish
    assert masks["features.2.block.1.0"].activation_density < 0.8  # ReLU


@pytest.mark.parametrize("source", ["photographs", "generator"])
def test_dbb_bounds_weights_and_activations(source: str) -> None:
    masks = layers("resnet50", "dbb", activation_masks=source, weight_bound=3)
    inner = masks["layer3.1.conv2"]
    per_block = inner.weight.reshape(inner.weight.shape[0], -1, 8, 9).sum(axis=2)
    assert (per_block == 3).all()
    assert masks["conv1"].weight.all()
    assert masks["fc"].weight.all()
    assert masks["conv1"].activation_bound == 8
    bounds = {name: trace.activation_bound for name, trace in masks.items()}
    assert any(bound < 8 for bound in bounds.values() if bound is not None)
    unpruned = layers("resnet50", "dense", activation_masks="generator")
    if source == "generator":  # same draw before pruning
        kept = (
            masks["layer3.1.conv2"].activation.sum() / unpruned["layer3.1.conv2"].activation.sum()
        )
        assert 0.9 <= kept < 1


def test_pruned_values_are_the_smallest_and_reach_later_layers() -> None:
    free = layers("resnet18", "dbb", most_removed=0.0)
    tight = layers("resnet18", "dbb", most_removed=0.5)
    first, later = "layer1.0.conv1", "layer4.1.conv2"
    assert tight[first].activation_density < free[first].activation_density
    assert (tight[first].activation <= free[first].activation).all()
    assert not np.array_equal(tight[later].activation, free[later].activation)


def test_depthwise_layers_stay_dense_under_dbb() -> None:
    masks = layers("mobilenet_v1", "dbb")
    assert masks["blocks.3.depthwise"].weight.all()
    assert masks["blocks.3.depthwise"].activation_bound == 8
    assert masks["blocks.3.pointwise"].weight_bound == 4


def test_magnitude_follows_the_tables() -> None:
    masks = layers("resnet50", "magnitude")
    assert masks["layer2.0.conv2"].weight_density == pytest.approx(0.1430, abs=1e-3)
    assert masks["conv1"].weight_density == pytest.approx(0.4860, abs=1e-3)
    denser = layers("resnet50", "magnitude", weight_table="agp_80")
    assert denser["layer2.0.conv2"].weight_density == pytest.approx(0.20, abs=1e-3)


def test_balanced_slices() -> None:
    masks = layers("resnet18", "balanced")
    weight = masks["layer2.1.conv1"].weight
    assert (weight.sum(axis=(2, 3)) == 5).all()
    one_by_one = masks["layer2.0.downsample.0"].weight
    assert len(set(one_by_one.sum(axis=(1, 2, 3)).tolist())) == 1


def test_unbalanced_keeps_what_balanced_keeps() -> None:
    balanced, unbalanced = layers("resnet18", "balanced"), layers("resnet18", "unbalanced")
    for name, trace in balanced.items():
        assert trace.weight.sum() == unbalanced[name].weight.sum()
    per_slice = unbalanced["layer2.1.conv1"].weight.sum(axis=(2, 3))
    assert per_slice.std() > 1


def test_provenance_says_modelled_and_names_the_photographs() -> None:
    origin = made("resnet18", "dense").trace.provenance
    assert (origin.weight_source, origin.activation_source) == ("modelled", "modelled")
    assert (origin.suite, origin.network, origin.scheme) == ("imagenet", "resnet18", "dense")
    assert "CC BY 2.0" in origin.data
    generated = made("resnet18", "dense", activation_masks="generator")
    assert "generator (spatial)" in generated.trace.provenance.data


REPEATED = [("mobilenet_v3_small", "dbb", 52)]
REPEATED += [("lenet5", scheme, 5) for scheme in modelled_schemes()]
"""Network, scheme, and number of layers: one of many kinds of layer, and a fast one."""


@pytest.mark.parametrize("source", ["photographs", "generator"])
@pytest.mark.parametrize(("network", "scheme", "count"), REPEATED)
def test_same_trace_twice_has_the_same_bytes(
    tmp_path: Path, network: str, scheme: str, count: int, source: str
) -> None:
    small: dict[str, Any] = {"activation_masks": source, "images": 1, "width": 0.125}
    small |= {"input_height": 48, "input_width": 48}
    for name, seed in (("first", 0), ("second", 0), ("other", 1)):
        again = modelled_trace(network, scheme, settings(**small, seed=seed))
        write_trace(tmp_path / name, again.trace)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    assert len(read_trace(tmp_path / "first").layers) == count
    assert (tmp_path / "other").read_bytes() != (tmp_path / "first").read_bytes()


def test_unbalanced_keeps_as_many_weights_per_layer_as_balanced() -> None:
    balanced, unbalanced = (layers("googlenet", s) for s in ("balanced", "unbalanced"))
    for name, layer in balanced.items():
        other = unbalanced[name]
        assert int(layer.weight.sum()) == int(other.weight.sum())
        assert np.array_equal(layer.activation, other.activation)
        pruned = layer.weight_density < 1
        assert np.array_equal(layer.weight, other.weight) != pruned


def test_own_densities_and_missing_rows(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "network,layer,tensor,table,density,status,published_layer,source,note\n"
        "resnet18,layer1.0.conv1,activation,own,0.3,published,,measured here,\n"
        "resnet18,layer1.0.conv1,weight,own,0.7,published,,measured here,\n"
    )
    masks = layers("resnet18", "magnitude", densities_file=str(path))
    assert masks["layer1.0.conv1"].weight_density == pytest.approx(0.7, abs=1e-3)
    assert masks["layer1.0.conv1"].activation_density == pytest.approx(0.3, abs=1e-3)
    with pytest.raises(UserError, match=r"resnet18: no weight density for 20 of 21 layers: conv1"):
        layers("resnet18", "magnitude", densities_file=str(path), densities_by_rule=False)


@pytest.mark.parametrize(
    ("network", "scheme", "changes", "message"),
    [
        ("resnet81", "dense", {}, r"unknown network 'resnet81' \(did you mean 'resnet18'"),
        ("resnet18", "magnetude", {}, r"unknown scheme .*did you mean 'magnitude'"),
        ("resnet18", "dense", {"weight_table": "none"}, "unknown table of weight densities"),
        ("resnet18", "dense", {"densities_file": "/nowhere.csv"}, "no such table of densities"),
        ("resnet18", "dense", {"images": 99}, "images is 99"),
        ("vgg16", "dense", {"input_height": 30}, "vgg16: input_size is 30; expected at least 32"),
    ],
)
def test_bad_requests(network: str, scheme: str, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        layers(network, scheme, **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": 0}, "images is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"checkpoint": 5}, "checkpoint is 5; expected text"),
        ({"image_folder": ""}, "image_folder is ''; expected text"),
        ({"activation_masks": "iid"}, "activation_masks is 'iid'; expected one of photographs"),
        ({"clustering": "blocks"}, "clustering is 'blocks'"),
        ({"weight_bound": 9}, "weight_bound is 9"),
        ({"balanced_density": 1.2}, r"balanced_density is 1\.2"),
        ({"most_removed": -0.5}, r"most_removed is -0\.5"),
        ({"weight_spread": float("nan")}, "weight_spread is nan"),
        ({"checkpoint_sha256": "00"}, "checkpoint_sha256 is given without a checkpoint"),
    ],
)
def test_bad_settings(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        settings(**changes)


def test_attention_has_both_operands_of_its_products_modelled() -> None:
    modelled = modelled_trace("deit_s", "dbb", settings(width=0.125, gelu_density=0.6))
    masks = {trace.layer.name: trace for trace in modelled.trace.traces}
    shares, scores = masks["blocks.3.attn.mixed"], masks["blocks.3.attn.scores"]
    assert shares.activation_density == pytest.approx(0.9, abs=1e-3)
    assert scores.weight.all()
    assert scores.weight.shape == (2, *scores.layer.weight_shape)
    assert shares.activation_bound == 8
    gelu = masks["blocks.3.fc2"]
    assert gelu.activation_density == pytest.approx(0.6, abs=0.08)  # less what its bound removes
    assert gelu.activation_bound < 8
    assert gelu.weight_bound == 4
    assert masks["blocks.0.attn.query"].activation.all()
    assert modelled.densities["blocks.3.fc2"].activation.status == "rule"
    assert "assumed" in modelled.densities["blocks.3.fc2"].activation.source
    operands = {entry.trace.layer.name: entry.consumer_operand for entry in modelled.trace.layers}
    assert operands["blocks.3.attn.key"] == operands["blocks.3.attn.value"] == "weight"
    assert operands["blocks.3.attn.query"] == "activation"


@pytest.mark.parametrize("source", ["photographs", "generator"])
def test_schemes_one_after_the_other_share_draws_and_change_no_bit(
    source: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drawn: list[object] = []

    def counted(*arguments: Any) -> object:
        drawn.append(arguments)
        return activation_masks(*arguments)

    monkeypatch.setattr(modelled, "activation_masks", counted)
    given = settings(activation_masks=source, width=0.125, images=1)
    network = ModelledNetwork("resnet18", given)
    schemes = ["dense", "dbb", "magnitude", "balanced"]
    for scheme in schemes:
        write_trace(tmp_path / scheme, network.trace(scheme).trace)
    assert len(drawn) == 2  # dbb prunes activations
    for scheme in schemes:
        write_trace(tmp_path / "alone", modelled_trace("resnet18", scheme, given).trace)
        assert (tmp_path / scheme).read_bytes() == (tmp_path / "alone").read_bytes(), scheme
    assert len(drawn) == 2 + len(schemes)
