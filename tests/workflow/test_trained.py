from pathlib import Path

import pytest

from models.checkpoints import save_checkpoint
from models.networks import build
from sim import UserError
from workflow.trained import dataset_of, network_of, top1_percent, trained_checkpoint

BUILD = {"num_classes": 10, "in_channels": 1, "width": 0.25, "input_size": 32}


def checkpoint(path: Path, **metadata: object) -> Path:
    save_checkpoint(path, build("lenet5", **BUILD), metadata)
    return path


def test_a_checkpoint_says_what_it_is_of_and_is_taken_for_nothing_else(tmp_path: Path) -> None:
    origin = {"suite": "digits", "network": "lenet5", "seed": 0, "build": BUILD}
    kept = trained_checkpoint(checkpoint(tmp_path / "lenet5.safetensors", **origin))
    assert sum(1 for _ in network_of(kept, "lenet5").parameters()) > 0
    with pytest.raises(UserError, match="holds network 'lenet5', expected 'vgg16'"):
        network_of(kept, "vgg16")
    with pytest.raises(UserError, match="holds suite 'digits', expected 'shapes'"):
        dataset_of(kept, "shapes")


def test_a_checkpoint_of_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="its metadata lacks seed, build"):
        trained_checkpoint(
            checkpoint(tmp_path / "other.safetensors", suite="digits", network="lenet5")
        )


def test_the_accuracy_that_training_measured(tmp_path: Path) -> None:
    metrics = tmp_path / "trained.json"
    metrics.write_text('{"suite": "digits", "network": "lenet5", "top1": 0.875}')
    assert top1_percent(metrics, "digits", "lenet5") == 87.5
    with pytest.raises(UserError, match="of digits/lenet5, expected shapes/lenet5"):
        top1_percent(metrics, "shapes", "lenet5")
    metrics.write_text('{"suite": "digits", "network": "lenet5", "top1": NaN}')
    with pytest.raises(UserError, match="top1"):
        top1_percent(metrics, "digits", "lenet5")


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"suite": "digits", "network": "lenet5"}', '{"suite": 1, "network": 2}']
)
def test_other_metrics_are_refused(tmp_path: Path, text: str) -> None:
    metrics = tmp_path / "trained.json"
    metrics.write_text(text)
    with pytest.raises(UserError, match=r"trained.json: expected metrics of workflow.steps.train"):
        top1_percent(metrics, "digits", "lenet5")
