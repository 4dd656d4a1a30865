from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from models.checkpoints import save_checkpoint
from models.datasets.canvases import CanvasCounts, make_canvases
from models.datasets.detection_files import write_detection_set
from models.datasets.detection_set import Annotated
from models.detection.head import fit_head, head_of
from models.detection.metric import detections, mean_average_precision
from models.detection.suppression import Selection
from models.networks import build
from sim import UserError
from workflow.search.spex.detector import detector
from workflow.search.spex.objectives import savings
from workflow.search.spex.settings import SpexSettings

OPTIONS = {"num_classes": 10, "in_channels": 1, "width": 0.125, "input_size": 96}
NETWORK = "yolov5s_relu"
DRAWN = make_canvases(0, CanvasCounts(4, 6, 5))
SETTINGS = SpexSettings(sample_images=4)


def untrained() -> nn.Module:
    torch.manual_seed(0)
    network = build(NETWORK, **OPTIONS)  # type: ignore[arg-type]
    corners = DRAWN.train.objects[:, 1:]
    fit_head(network, corners[:, 2:] - corners[:, :2])
    return network.eval()


def as_found(part: Annotated) -> Annotated:
    """The same images, on which the two best boxes of the untrained network are right."""
    network = untrained()
    detected = detections(network, head_of(network), part.images, Selection(least_score=0.0))[0]
    best = torch.cat([detected.labels[:, :2, None], detected.boxes[:, :2]], 2)
    return replace(part, targets=best)


DATA = replace(DRAWN, validation=as_found(DRAWN.validation), test=as_found(DRAWN.test))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("detector")
    checkpoint, dataset = folder / "network.safetensors", folder / "canvases.safetensors"
    origin = {"suite": "canvases", "network": NETWORK, "build": OPTIONS, "seed": 0}
    save_checkpoint(checkpoint, untrained(), origin)
    write_detection_set(dataset, DATA, 0)
    return checkpoint, dataset


def test_without_thresholds_it_is_judged_as_it_is(files: tuple[Path, Path]) -> None:
    subject = detector("canvases", NETWORK, *files, SETTINGS)
    none = dict.fromkeys(subject.network.names, 0.0)
    network = untrained()
    head = head_of(network)
    expected = mean_average_precision(network, head, DATA.validation.first(4)).at_50_95
    assert expected > 0
    assert subject.network.evaluate(none).accuracy_percent == pytest.approx(expected, rel=1e-4)
    held_out = subject.network.evaluate(none, subject.held_out).accuracy_percent
    expected = mean_average_precision(network, head, DATA.test).at_50_95
    assert held_out == pytest.approx(expected, rel=1e-4)


def test_thresholds_make_blocks_in_every_convolution(files: tuple[Path, Path]) -> None:
    subject = detector("canvases", NETWORK, *files, SETTINGS)
    names = subject.network.names
    assert len(names) == 60
    assert {"model.0.conv", "model.24.m.2"} <= set(names)
    none, all_of_it = (
        subject.network.evaluate(dict.fromkeys(names, value)) for value in (0.0, 1000.0)
    )
    assert savings(none.layers).created_blocks == 0
    assert savings(all_of_it.layers).saved_macs_percent == pytest.approx(100)


def test_what_is_missing_is_named(files: tuple[Path, Path]) -> None:
    checkpoint, dataset = files
    with pytest.raises(UserError, match="canvases needs --dataset"):
        detector("canvases", NETWORK, checkpoint, None, SETTINGS)
    many = SpexSettings(sample_images=7)
    with pytest.raises(UserError, match=r"sample_images is 7; canvases has 6 validation"):
        detector("canvases", NETWORK, checkpoint, dataset, many)
