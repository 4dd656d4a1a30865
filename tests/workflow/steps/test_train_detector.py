"""The detector steps as a user starts them, on a handful of canvases."""

import json
import sys
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from models.checkpoints import load_network
from models.datasets.detection_files import read_detection_set
from models.detection.head import head_of
from models.detection.metric import mean_average_precision
from sim import UserError, read_trace
from workflow.studies.accuracy.detection_table import detection

CANVASES = {"train": 16, "validation": 4, "test": 4, "seed": 0}
RECIPE = {"epochs": 1, "batch_size": 8, "learning_rate": 0.004, "seed": 0, "threads": 1}
DENSE = {"fine_tune_epochs": 0, "held_out_images": 4, "calibration_images": 8, "threads": 1}


def step(module: str, *paths: Path, **options: object) -> None:
    """Run a step's command line in this process."""
    given = [
        part
        for name, value in options.items()
        for part in (f"--{name}", json.dumps(value) if isinstance(value, dict) else str(value))
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [module, *map(str, paths), *given])
        import_module(f"workflow.{module}").main()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything from canvases to trace for one network."""
    made = tmp_path_factory.mktemp("detectors")
    data, trained, dense = (made / f"{name}.safetensors" for name in ("data", "trained", "dense"))
    same = {"network": "yolov5s_relu", "dataset": data}
    step("steps.canvases", settings=CANVASES, output=data)
    step(
        "steps.train_detector",
        settings=RECIPE | {"width": 0.125},
        checkpoint=trained,
        metrics=made / "trained.json",
        **same,
    )
    step(
        "steps.compress_detector",
        scheme="dense",
        settings=DENSE,
        checkpoint=trained,
        output=dense,
        metrics=made / "dense.json",
        **same,
    )
    step(
        "steps.trace",
        suite="canvases",
        scheme="dense",
        settings={"images": 2},
        checkpoint=dense,
        output=made / "trace.safetensors",
        **same,
    )
    return made


def test_the_metrics_are_those_of_the_written_network(folder: Path) -> None:
    network, metadata = load_network(folder / "trained.safetensors")
    data = read_detection_set(folder / "data.safetensors", "canvases", 0)
    precision = mean_average_precision(network, head_of(network), data.test)
    metrics = json.loads((folder / "trained.json").read_text())
    assert metrics["map_50_percent"] == precision.at_50
    assert (metrics["train_images"], metrics["test_images"], metrics["steps"]) == (16, 4, 2)
    assert (metadata["network"], metadata["build"]["width"]) == ("yolov5s_relu", 0.125)


def test_the_trace_has_every_convolution_with_measured_zeros(folder: Path) -> None:
    trace = read_trace(folder / "trace.safetensors")
    assert trace.provenance.suite == "canvases"
    assert len(trace.layers) == 60
    for entry in trace.layers:
        assert len(entry.trace.activation) == 2
    densities = [float(entry.trace.activation.mean()) for entry in trace.layers[1:]]
    assert 0.1 < min(densities) < 0.9  # ReLU makes zeros


def test_the_table_has_a_row_per_scheme(folder: Path) -> None:
    table = detection([folder / "dense.json"])
    assert table.loc[0, ["network", "scheme"]].tolist() == ["yolov5s_relu", "dense"]
    assert table.loc[0, "drop_from_dense_points"] == 0
    assert isinstance(table, pd.DataFrame)


def test_the_figure_repeats(folder: Path) -> None:
    for name in "ab":
        step(
            "studies.accuracy.detections_figure",
            folder / "trained.safetensors",
            dataset=folder / "data.safetensors",
            svg=folder / f"{name}.svg",
            png=folder / f"{name}.png",
        )
    assert (folder / "a.svg").read_bytes() == (folder / "b.svg").read_bytes()
    assert (folder / "a.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("settings", "message"),
    [({**CANVASES, "test": 0}, "test_canvases is 0"), ({"train": 1}, "lacks validation, test")],
)
def test_mistakes_are_named_and_leave_nothing(
    tmp_path: Path, settings: dict[str, int], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        step("steps.canvases", settings=settings, output=tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_a_classifier_is_no_detector(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="0 detection heads; expected a YOLOv5s"):
        step(
            "steps.train_detector",
            network="lenet5",
            settings=RECIPE | {"width": 1.0},
            dataset=folder / "data.safetensors",
            checkpoint=tmp_path / "out",
            metrics=tmp_path / "out.json",
        )
    assert not list(tmp_path.iterdir())


def test_a_trace_needs_the_canvases(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="canvases needs --dataset"):
        step(
            "steps.trace",
            suite="canvases",
            network="yolov5s_relu",
            scheme="dense",
            checkpoint=folder / "dense.safetensors",
            output=tmp_path / "out",
        )
