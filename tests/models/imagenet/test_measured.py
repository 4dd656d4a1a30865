"""A user's network from end to end: checkpoint and image folder made here, trace and top-1 out."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from models.imagenet.measured import MeasuredTrace, measured_trace
from models.imagenet.modelled import modelled_trace
from models.imagenet.pictures import image_folder
from models.imagenet.settings import FullSizeSettings, modelled_schemes
from models.networks import build
from sim import read_trace, write_trace
from sim.errors import UserError
from workflow.cli import run
from workflow.steps.imagenet_trace import main

SIDE = 40
CLASSES = 3
SMALL: dict[str, Any] = {"width": 0.125, "input_height": SIDE, "input_width": SIDE}
SMALL |= {"num_classes": CLASSES, "images": 3}


def pictures(root: Path) -> Path:
    """Four noisy images of each of three colours, one folder per colour."""
    rng = np.random.default_rng(0)
    for label, name in enumerate(("blue", "green", "red")):
        (root / name).mkdir(parents=True)
        for index in range(4):
            pixels = rng.integers(0, 120, (SIDE + 8, SIDE + 20, 3))
            pixels[..., 2 - label] += 130
            Image.fromarray(pixels.astype(np.uint8)).save(root / name / f"{index}.png")
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The pictures, for one test to change."""
    return pictures(tmp_path / "pictures")


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of a narrow ResNet-18 that has learnt the colours."""
    settings = FullSizeSettings.of(SMALL)
    root = pictures(tmp_path_factory.mktemp("colours") / "pictures")
    seen = image_folder(root, settings.shape.form("resnet18"), CLASSES)
    images, labels = seen.images(), torch.tensor(seen.labels)
    torch.manual_seed(0)
    network = build("resnet18", num_classes=CLASSES, width=0.125, input_size=SIDE).train()
    optimizer = torch.optim.Adam(network.parameters(), 5e-3)
    for _ in range(25):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(images), labels).backward()
        optimizer.step()
    path = root.parent / "colours.pth"
    torch.save(network.state_dict(), path)
    return path


@pytest.fixture
def checkpoint(tmp_path: Path, learnt: Path) -> Path:
    """A copy of the weights, for one test to change."""
    return Path(shutil.copy(learnt, tmp_path))


def measured(scheme: str, checkpoint: Path, folder: Path | None, **changes: Any) -> MeasuredTrace:
    given = {"checkpoint": str(checkpoint), "image_folder": str(folder) if folder else None}
    return measured_trace("resnet18", scheme, FullSizeSettings.of(SMALL | given | changes))


@pytest.mark.parametrize("scheme", modelled_schemes())
def test_trace_and_accuracy_of_each_scheme(checkpoint: Path, folder: Path, scheme: str) -> None:
    made = measured(scheme, checkpoint, folder, magnitude_density=0.02)
    assert made.top1 is not None
    assert made.top1.images == 12
    assert made.top1.dense_percent > 90
    if scheme == "dense":
        assert made.top1.pruned_percent == made.top1.dense_percent
    if scheme == "magnitude":  # 2 % of the weights, not fine-tuned
        assert made.top1.pruned_percent < made.top1.dense_percent - 20
    assert abs(made.top1.int8_percent - made.top1.pruned_percent) <= 100 / 6
    origin = made.trace.provenance
    assert (origin.weight_source, origin.activation_source) == ("measured", "measured")
    assert origin.data.startswith(f"weights: colours.pth, {scheme} without fine-tuning;")
    assert origin.data.endswith("activations: images of folder pictures")


def test_zeros_are_those_of_the_network(checkpoint: Path, folder: Path) -> None:
    made = measured("dbb", checkpoint, folder, weight_bound=2, most_removed=0.3)
    traces = {trace.layer.name: trace for trace in made.trace.traces}
    assert traces["layer2.1.conv1"].weight_bound <= 2
    assert traces["conv1"].weight_density > 0.9
    assert traces["conv1"].images == 3
    bounds = [trace.activation_bound for trace in traces.values()]
    assert min(bound for bound in bounds if bound is not None) < 8
    densities = [trace.activation_density for trace in traces.values()]
    assert len(set(densities)) > 10
    weight = made.trace.layers[3].weight_int8
    assert weight is not None
    assert weight.dtype == np.int8


def test_balanced_and_unbalanced_keep_equally_many(checkpoint: Path, folder: Path) -> None:
    kept = {}
    for scheme in ("balanced", "unbalanced"):
        trace = measured(scheme, checkpoint, folder).trace.traces[2]
        per_slice = trace.weight.sum(axis=(2, 3))
        kept[scheme] = int(trace.weight.sum())
        assert (per_slice <= 5).all() == (scheme == "balanced")
    assert kept["balanced"] == pytest.approx(kept["unbalanced"], rel=0.05)  # INT8 rounds some to 0


def test_images_without_labels_and_photographs(checkpoint: Path, folder: Path) -> None:
    flat = folder / "green"
    made = measured("dense", checkpoint, flat)
    assert made.top1 is None
    bundled = measured("dense", checkpoint, None)
    assert bundled.top1 is None
    assert "CC BY 2.0" in bundled.trace.provenance.data


def test_a_class_list_sets_the_labels(checkpoint: Path, folder: Path, tmp_path: Path) -> None:
    classes = tmp_path / "classes.txt"
    classes.write_text("red\ngreen\nblue\n")  # the network calls them blue, green, red
    made = measured("dense", checkpoint, folder, classes=str(classes))
    assert made.top1 is not None
    assert made.top1.dense_percent < 50
    with pytest.raises(UserError, match="classes is given without an image_folder"):
        measured("dense", checkpoint, None, classes=str(classes))
    with pytest.raises(UserError, match=r"holds no class folders, but .* lists classes"):
        measured("dense", checkpoint, folder / "red", classes=str(classes))


def test_hidden_folders_make_no_classes(checkpoint: Path, folder: Path) -> None:
    (folder / "green" / ".ipynb_checkpoints").mkdir()
    assert measured("dense", checkpoint, folder / "green").top1 is None


def test_fewer_test_images(checkpoint: Path, folder: Path) -> None:
    made = measured("dense", checkpoint, folder, test_images=5)
    assert made.top1 is not None
    assert made.top1.images == 5


def test_the_step_writes_trace_metrics_and_densities(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, checkpoint: Path, folder: Path
) -> None:
    given = {"checkpoint": str(checkpoint), "image_folder": str(folder)}
    out = tmp_path / "out"
    arguments = ["--network", "resnet18", "--scheme", "balanced"]
    arguments += ["--settings", json.dumps(SMALL | given), "--output", str(out / "t.safetensors")]
    arguments += ["--densities", str(out / "d.csv"), "--metrics", str(out / "m.json")]
    monkeypatch.setattr(sys, "argv", ["imagenet_trace", *arguments])
    run(main)
    report = json.loads((out / "m.json").read_text())
    assert report["top1"]["images"] == 12
    assert report["weight_source"] == "measured"
    trace = read_trace(out / "t.safetensors")
    assert len((out / "d.csv").read_text().splitlines()) == 1 + 2 * len(trace.layers)
    again = measured("balanced", checkpoint, folder)
    write_trace(out / "again.safetensors", again.trace)
    assert (out / "again.safetensors").read_bytes() == (out / "t.safetensors").read_bytes()


def test_mistakes_stop_the_step_without_output(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    checkpoint: Path,
    folder: Path,
) -> None:
    (folder / "red" / "notes.txt").write_text("hello")
    given = {"checkpoint": str(checkpoint), "image_folder": str(folder)}
    out = tmp_path / "out"
    out.mkdir()
    arguments = ["--network", "resnet18", "--scheme", "dense"]
    arguments += ["--settings", json.dumps(SMALL | given), "--output", str(out / "t.safetensors")]
    monkeypatch.setattr(sys, "argv", ["imagenet_trace", *arguments])
    with pytest.raises(SystemExit):
        run(main)
    assert "red/notes.txt: not an image" in capsys.readouterr().err
    assert not list(out.iterdir())


@pytest.mark.parametrize(
    ("network", "scheme", "changes", "message"),
    [
        ("mobilenet_v2", "dense", {}, "weights of another network"),
        ("resnet18", "dense", {"num_classes": 5}, r"fc\.weight has shape \(3, 64\)"),
        ("resnet18", "blocks", {}, "unknown scheme"),
        ("resnet18", "dense", {"checkpoint_sha256": "0" * 64}, "its SHA-256 is"),
        ("resnet18", "dense", {"images": 50}, "images is 50; .* holds 12"),
        ("resnet18", "dense", {"classes": "none.txt"}, r"none\.txt: not a readable class list"),
    ],
)
def test_bad_requests(
    checkpoint: Path,
    folder: Path,
    network: str,
    scheme: str,
    changes: dict[str, Any],
    message: str,
) -> None:
    given = {"checkpoint": str(checkpoint), "image_folder": str(folder)}
    with pytest.raises(UserError, match=message):
        measured_trace(network, scheme, FullSizeSettings.of(SMALL | given | changes))


def test_blocks_are_zeroed_within_the_budget(checkpoint: Path, folder: Path) -> None:
    saved = {}
    for budget in (0.0, 20.0, 100.0):
        made = measured("blockwise", checkpoint, folder, blockwise_budget_points=budget)
        assert made.top1 is not None
        assert made.top1.int8_percent >= made.top1.pruned_percent - budget
        convolutions = [entry for entry in made.trace.traces if not entry.layer.is_linear]
        maps = [entry.block_map for entry in convolutions if entry.block_map is not None]
        assert len(maps) == len(convolutions)
        assert {(entry.width, entry.height) for entry in maps} == {(8, 8)}
        saved[budget] = sum(int(entry.zero.sum()) for entry in maps)
    assert saved[0.0] < saved[100.0]
    data = made.trace.provenance.data
    assert "8x8 blocks below 1 of the mean magnitude, found within 100 points" in data


def test_thresholds_of_a_file_are_taken_without_labels(
    checkpoint: Path, folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "spex.yaml"
    file.write_text("block: [4, 4]\ncriterion: signed_mean\nthresholds: {conv1: 0.5}\n")
    given = {"blockwise_thresholds": str(file)}
    made = measured("blockwise", checkpoint, folder / "green", **given)
    assert made.top1 is None
    first, second = made.trace.traces[:2]
    assert first.block_map is not None
    assert first.block_map.width == 4
    assert first.block_map.zero.any()
    assert second.block_map is not None
    assert "4x4 blocks, thresholds of spex.yaml" in made.trace.provenance.data


def test_blockwise_asks_for_what_bounds_its_thresholds(checkpoint: Path, folder: Path) -> None:
    with pytest.raises(UserError, match=r"labelled images.*blockwise_thresholds"):
        measured("blockwise", checkpoint, folder / "green")
    with pytest.raises(UserError, match="resnet18 needs trained weights"):
        modelled_trace("resnet18", "blockwise", FullSizeSettings.of(SMALL))
